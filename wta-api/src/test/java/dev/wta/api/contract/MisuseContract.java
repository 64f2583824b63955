package dev.wta.api.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.wta.api.backend.Backend;
import dev.wta.api.contract.support.Invocation;
import dev.wta.api.contract.support.Invocations;
import dev.wta.api.op.Dense.Unary;
import dev.wta.api.op.Memory;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Update.RowNorm;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Wrong operands: of the wrong shape, closed, another backend's. */
public interface MisuseContract extends Contract {

  @TestFactory
  default Stream<DynamicTest> operandsThatGoTogetherAreAccepted() {
    return tests(
        (invocation, tensors, winners) ->
            assertThatCode(() -> call(invocation, tensors, winners)).doesNotThrowAnyException());
  }

  @TestFactory
  default Stream<DynamicTest> wrongShapesAreRefused() {
    return tests(
        (invocation, tensors, winners) -> {
          for (int i = 0; i < tensors.size(); i++) {
            int operand = i;
            Shape larger = larger(invocation.shapes().get(i));
            try (Tensor wrong = memory().allocate(larger)) {
              assertThatIllegalArgumentException()
                  .as("operand %d of %s", i, larger)
                  .isThrownBy(() -> call(invocation, with(tensors, operand, wrong), winners))
                  .withMessageContaining(invocation.operation())
                  .withMessageContaining(larger.toString());
            }
          }
        });
  }

  @TestFactory
  default Stream<DynamicTest> refusedOperationsWriteNothing() {
    return tests(
        (invocation, tensors, winners) -> {
          tensors.forEach(tensor -> memory().fill(tensor, 7));
          try (Tensor wrong = memory().allocate(larger(invocation.shapes().getFirst()))) {
            assertThatIllegalArgumentException()
                .isThrownBy(() -> call(invocation, with(tensors, 0, wrong), winners));
          }
          for (Tensor tensor : tensors) {
            assertThat(memory().download(tensor)).containsOnly(7);
          }
        });
  }

  @TestFactory
  default Stream<DynamicTest> closedOperandsAreRefused() {
    return tests(
        (invocation, tensors, winners) -> {
          for (int i = 0; i < tensors.size(); i++) {
            int operand = i;
            Tensor closed = memory().allocate(invocation.shapes().get(i));
            closed.close();
            assertThatIllegalStateException()
                .as("operand %d", i)
                .isThrownBy(() -> call(invocation, with(tensors, operand, closed), winners))
                .withMessageContaining(invocation.operation());
          }
          if (winners != null) {
            winners.close();
            assertThatIllegalStateException()
                .isThrownBy(() -> call(invocation, tensors, winners))
                .withMessageContaining(invocation.operation());
          }
        });
  }

  @TestFactory
  default Stream<DynamicTest> anotherBackendsOperandsAreRefused() {
    return tests(
        (invocation, tensors, winners) -> {
          assertForeignRefused(invocation, tensors, winners, bench().reference());
          try (Backend other = openBackend(1)) {
            assertForeignRefused(invocation, tensors, winners, other);
          }
        });
  }

  private void assertForeignRefused(
      Invocation invocation, List<Tensor> tensors, Winners winners, Backend other) {
    for (int i = 0; i < tensors.size(); i++) {
      int operand = i;
      try (Tensor foreign = other.memory().allocate(invocation.shapes().get(i))) {
        assertThatIllegalArgumentException()
            .as("operand %d of backend %s", i, other.name())
            .isThrownBy(() -> call(invocation, with(tensors, operand, foreign), winners));
      }
    }
    if (winners != null) {
      try (Winners foreign = invocation.winners(other)) {
        assertThatIllegalArgumentException()
            .as("winners of backend %s", other.name())
            .isThrownBy(() -> call(invocation, tensors, foreign));
      }
    }
  }

  @Test
  default void singleOperandsAreCheckedAsWell() {
    Backend backend = bench().tested();
    Tensor closed = memory().allocate(Shape.of(2, 2));
    closed.close();
    assertThatIllegalStateException().isThrownBy(() -> memory().fill(closed, 1));
    assertThatIllegalStateException().isThrownBy(() -> memory().upload(new float[4], 0, closed));
    assertThatIllegalStateException().isThrownBy(() -> backend.dense().sum(closed));
    assertThatIllegalStateException()
        .isThrownBy(() -> backend.update().normaliseRows(closed, RowNorm.EXACTLY, 1));
    try (Tensor foreign = bench().reference().memory().allocate(Shape.of(2, 2))) {
      assertThatIllegalArgumentException().isThrownBy(() -> memory().fill(foreign, 1));
      assertThatIllegalArgumentException().isThrownBy(() -> memory().download(foreign));
      assertThatIllegalArgumentException().isThrownBy(() -> backend.dense().sum(foreign));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> backend.dense().map(Unary.RELU, foreign, foreign));
    }
    try (Tensor tensor = memory().allocate(Shape.of(2, 2))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> backend.update().normaliseRows(tensor, RowNorm.EXACTLY, 0));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> backend.update().normaliseRows(tensor, RowNorm.AT_MOST, Float.NaN));
    }
  }

  @Test
  default void winnersMustHaveRoomForTheRule() {
    try (Tensor activations = memory().allocate(Shape.of(5, 4));
        Winners few = memory().allocateWinners(Shape.of(5, 4), 7)) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  bench()
                      .tested()
                      .competition()
                      .select(activations, new SelectionRule.PerColumn(2), few))
          .withMessageContaining("7")
          .withMessageContaining("8");
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  bench()
                      .tested()
                      .competition()
                      .select(activations, new SelectionRule.Spatial(), few))
          .withMessageContaining("5x4");
    }
  }

  /** A check of one invocation, given operands that are right. */
  @FunctionalInterface
  interface Misuse {
    void check(Invocation invocation, List<Tensor> tensors, Winners winners);
  }

  private Stream<DynamicTest> tests(Misuse misuse) {
    return Invocations.all()
        .map(
            invocation ->
                DynamicTest.dynamicTest(
                    invocation.toString(),
                    () -> {
                      List<Tensor> tensors = invocation.tensors(bench().tested());
                      Winners winners = invocation.winners(bench().tested());
                      misuse.check(invocation, tensors, winners);
                      tensors.forEach(Tensor::close);
                      if (winners != null) {
                        winners.close();
                      }
                    }));
  }

  private void call(Invocation invocation, List<Tensor> tensors, Winners winners) {
    invocation.body().call(bench().tested(), tensors, winners);
  }

  private Memory memory() {
    return bench().tested().memory();
  }

  /** By one in every direction: what goes with nothing that {@code shape} goes with. */
  private static Shape larger(Shape shape) {
    return Shape.of(Arrays.stream(shape.extents()).map(extent -> extent + 1).toArray());
  }

  private static List<Tensor> with(List<Tensor> tensors, int index, Tensor replacement) {
    List<Tensor> changed = new ArrayList<>(tensors);
    changed.set(index, replacement);
    return changed;
  }
}
