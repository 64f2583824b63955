package dev.wta.api.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.reference.ReferenceBackendProvider;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkspaceTest {
  private final Backend backend = new ReferenceBackendProvider().open(BackendOptions.defaults());
  private final CountingMemory memory = new CountingMemory(backend.memory());
  private final Workspace workspace = new Workspace(memory);

  @AfterEach
  void close() {
    backend.close();
  }

  /** What a step asks for, at a batch size. */
  private List<AutoCloseable> step(int samples) {
    List<AutoCloseable> used = new ArrayList<>();
    used.add(workspace.tensor(Shape.of(samples, 8)));
    used.add(workspace.tensor(Shape.of(samples, 8)));
    used.add(workspace.tensor(Shape.of(4)));
    used.add(workspace.winners(Shape.of(samples, 4), new SelectionRule.Lifetime(2)));
    used.add(workspace.winners(Shape.of(samples, 4), new SelectionRule.Lifetime(3)));
    return used;
  }

  @Test
  void theSteadyStateAllocatesNothing() {
    step(10);
    assertThat(memory.allocations).isEqualTo(5);
    for (int i = 0; i < 3; i++) {
      workspace.reset();
      step(10);
    }
    assertThat(memory.allocations).isEqualTo(5);
    workspace.reset();
    step(3); // a short last batch asks for its own, but for the tensor that it shares
    assertThat(memory.allocations).isEqualTo(9);
    workspace.reset();
    step(10);
    workspace.reset();
    step(3);
    assertThat(memory.allocations).isEqualTo(9);
  }

  @Test
  void whatIsInUseIsHandedOutOnce() {
    assertThat(step(10)).doesNotHaveDuplicates();
    workspace.reset();
    assertThat(step(10)).doesNotHaveDuplicates();
  }

  @Test
  void theSameStepGetsTheSameThings() {
    List<AutoCloseable> first = step(10);
    workspace.reset();
    assertThat(step(10)).containsExactlyElementsOf(first);
  }

  @Test
  void shapesAndCapacitiesAreAsRequested() {
    step(10);
    workspace.reset();
    assertThat(workspace.tensor(Shape.of(8, 10)).shape()).isEqualTo(Shape.of(8, 10));
    Winners winners = workspace.winners(Shape.of(10, 4), new SelectionRule.PerSample(3));
    assertThat(winners.capacity()).isEqualTo(30);
    assertThat(winners.code()).isEqualTo(Shape.of(10, 4));
  }

  @Test
  void closingFreesEverythingHandedOutOrNot() {
    List<AutoCloseable> used = step(10);
    workspace.reset();
    used.addAll(step(3));
    workspace.close();
    for (AutoCloseable resource : used) {
      boolean open =
          resource instanceof Tensor tensor ? tensor.isOpen() : ((Winners) resource).isOpen();
      assertThat(open).isFalse();
    }
  }

  /** A backend's memory, with its allocations counted. */
  private static final class CountingMemory implements Memory {
    private final Memory memory;
    private int allocations;

    CountingMemory(Memory memory) {
      this.memory = memory;
    }

    @Override
    public Tensor allocate(Shape shape) {
      allocations++;
      return memory.allocate(shape);
    }

    @Override
    public Winners allocateWinners(Shape code, int capacity) {
      allocations++;
      return memory.allocateWinners(code, capacity);
    }

    @Override
    public void upload(float[] source, int offset, Tensor target) {
      memory.upload(source, offset, target);
    }

    @Override
    public void download(Tensor source, float[] target, int offset) {
      memory.download(source, target, offset);
    }

    @Override
    public void upload(WinnerList source, Winners target) {
      memory.upload(source, target);
    }

    @Override
    public WinnerList download(Winners winners, Tensor coefficients) {
      return memory.download(winners, coefficients);
    }

    @Override
    public Winners slicePositive(Winners source, Tensor coefficients, IntFunction<Winners> room) {
      return memory.slicePositive(source, coefficients, room);
    }

    @Override
    public void copy(Tensor source, Tensor target) {
      memory.copy(source, target);
    }

    @Override
    public void fill(Tensor target, float value) {
      memory.fill(target, value);
    }

    @Override
    public void synchronise() {
      memory.synchronise();
    }
  }

  @Test
  void fewCapacitiesServeManyNumbersOfWinners() {
    Shape code = Shape.of(100, 300);
    for (int count = 0; count <= 30_000; count += 7) {
      Winners winners = workspace.winners(code, count);
      assertThat(winners.capacity())
          .isBetween(count, Math.max(1024, count + (count + 1) / 2))
          .isLessThanOrEqualTo(30_000);
      workspace.reset();
    }
    assertThat(memory.allocations).isEqualTo(12); // 768, 1024, 1536, ... 24,576, 30,000
  }

  @Test
  void whatNobodyAsksForIsFreed() {
    Tensor kept = workspace.tensor(Shape.of(5));
    Tensor dropped = workspace.tensor(Shape.of(6));
    Winners winners = workspace.winners(Shape.of(2, 3), 4);
    for (int i = 0; i <= Workspace.KEPT_RESETS; i++) {
      assertThat(dropped.isOpen()).isTrue();
      workspace.reset();
      assertThat(workspace.tensor(Shape.of(5))).isSameAs(kept);
    }
    workspace.reset();
    assertThat(dropped.isOpen()).isFalse();
    assertThat(winners.isOpen()).isFalse();
    assertThat(kept.isOpen()).isTrue();
  }
}
