package dev.wta.api.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.wta.api.contract.support.Invocation;
import dev.wta.api.contract.support.Invocations;
import dev.wta.api.op.Convolution;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Dense.Reduction;
import dev.wta.api.op.Dense.Unary;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.Memory;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Update.RowNorm;
import dev.wta.api.op.Update.SgdStep;
import dev.wta.api.op.Window;
import dev.wta.api.random.Philox;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Wrong operands never reach a backend, and the messages say which are wrong and why. */
class CheckedOperandsTest {
  private static final SgdStep STEP = new SgdStep(1, 0, 0, false);

  private final Backend backend = Backends.named("reference", BackendOptions.defaults());
  private final Memory memory = backend.memory();
  private final Dense dense = backend.dense();

  @AfterEach
  void close() {
    backend.close();
  }

  private Tensor tensor(int... extents) {
    return memory.allocate(Shape.of(extents));
  }

  private void call(Invocation invocation, List<Tensor> tensors, Winners winners) {
    invocation.body().call(backend, tensors, winners);
  }

  /** By one in every direction: what goes with nothing that {@code shape} goes with. */
  private static Shape larger(Shape shape) {
    return Shape.of(Arrays.stream(shape.extents()).map(extent -> extent + 1).toArray());
  }

  @TestFactory
  Stream<DynamicTest> wrongShapesAreRefused() {
    return Invocations.tests(
        () -> backend,
        (invocation, tensors, winners) -> {
          for (int i = 0; i < tensors.size(); i++) {
            Shape larger = larger(invocation.shapes().get(i));
            List<Tensor> wrong = Invocation.with(tensors, i, memory.allocate(larger));
            assertThatIllegalArgumentException()
                .as("operand %d of %s", i, larger)
                .isThrownBy(() -> call(invocation, wrong, winners))
                .withMessageContaining(invocation.operation())
                .withMessageContaining(larger.toString());
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> refusedOperationsWriteNothing() {
    return Invocations.tests(
        () -> backend,
        (invocation, tensors, winners) -> {
          tensors.forEach(tensor -> memory.fill(tensor, 7));
          Tensor larger = memory.allocate(larger(invocation.shapes().getFirst()));
          List<Tensor> wrong = Invocation.with(tensors, 0, larger);
          assertThatIllegalArgumentException().isThrownBy(() -> call(invocation, wrong, winners));
          for (Tensor tensor : tensors) {
            assertThat(memory.download(tensor)).containsOnly(7);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> closedOperandsAreRefused() {
    return Invocations.tests(
        () -> backend,
        (invocation, tensors, winners) -> {
          for (int i = 0; i < tensors.size(); i++) {
            Tensor closed = memory.allocate(invocation.shapes().get(i));
            closed.close();
            List<Tensor> wrong = Invocation.with(tensors, i, closed);
            assertThatIllegalStateException()
                .as("operand %d", i)
                .isThrownBy(() -> call(invocation, wrong, winners))
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

  @Test
  void singleOperandsAreCheckedAsWell() {
    Tensor open = tensor(2, 2);
    Tensor closed = tensor(2, 2);
    closed.close();
    Winners closedWinners = memory.allocateWinners(Shape.of(2, 2), 1);
    closedWinners.close();
    Philox stream = new Philox(1, 1);
    assertThatIllegalStateException().isThrownBy(() -> memory.fill(closed, 1));
    assertThatIllegalStateException().isThrownBy(() -> memory.upload(new float[4], 0, closed));
    assertThatIllegalStateException().isThrownBy(() -> memory.download(closed));
    assertThatIllegalStateException().isThrownBy(() -> memory.download(closedWinners));
    assertThatIllegalStateException().isThrownBy(() -> dense.sum(closed));
    assertThatIllegalStateException()
        .isThrownBy(() -> backend.randomness().uniform(stream, closed))
        .withMessage("uniform: out (2x2) is closed");
    assertThatIllegalStateException()
        .isThrownBy(() -> backend.randomness().normal(stream, 0, 1, closed))
        .withMessage("normal: out (2x2) is closed");
    assertThatIllegalStateException()
        .isThrownBy(() -> backend.update().normaliseRows(closed, RowNorm.EXACTLY, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> backend.update().normaliseRows(open, RowNorm.EXACTLY, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> backend.update().normaliseRows(open, RowNorm.AT_MOST, Float.NaN));
  }

  @Test
  void messagesNameTheOperationTheOperandsAndTheirShapes() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                dense.gemm(
                    tensor(3, 4), false, tensor(5, 7), false, 1, 0, Epilogue.NONE, tensor(3, 7)))
        .withMessage("gemm: b (5x7) should have 4 rows to go with a (3x4)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> dense.zipRow(Dense.Binary.ADD, tensor(3, 4), tensor(3), tensor(3, 4)))
        .withMessage("zipRow: row (3) should have 4 elements to go with x (3x4)");
  }

  @Test
  void matricesOfOneSizeAreNotYetTheSame() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> dense.zip(Dense.Binary.ADD, tensor(3, 4), tensor(4, 3), tensor(3, 4)))
        .withMessageContaining("4x3")
        .withMessageContaining("3x4");
    dense.map(Unary.RELU, tensor(3, 2, 2), tensor(3, 4)); // the same rows
  }

  @Test
  void closedOperandsAreNamed() {
    Tensor closed = tensor(3, 4);
    closed.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> dense.axpy(1, tensor(3, 4), closed))
        .withMessage("axpy: y (3x4) is closed");
  }

  @Test
  void outputsThatWouldOverwriteTheirInputsAreRefused() {
    Tensor square = tensor(3, 3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> dense.transpose(square, square))
        .withMessage("transpose: out (3x3) must not be x (3x3) as well");
    Tensor one = tensor(1, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> dense.reduceRows(Reduction.SUM, one, one))
        .withMessage("reduceRows: out (1x1) must not be x (1x1) as well");
  }

  @Test
  void windowsAndMapsMustAgree() {
    Convolution convolution = backend.convolution();
    Tensor images = tensor(2, 1, 8, 8);
    Tensor filters = tensor(3, 1, 5, 5);
    Tensor maps = tensor(2, 3, 8, 8);
    convolution.forward(images, filters, Window.same(5), Epilogue.NONE, maps);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> convolution.forward(images, filters, new Window(5, 5, 0), Epilogue.NONE, maps))
        .withMessageContaining("maps (2x3x8x8) should have 4 positions vertically");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> convolution.forward(images, filters, Window.same(3), Epilogue.NONE, maps))
        .withMessage("forward: filters (3x1x5x5) should have a window's extents, 3x3");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> convolution.forward(tensor(2, 64), filters, Window.same(5), Epilogue.NONE, maps))
        .withMessage("forward: images (2x64) should have 4 axes");
  }

  @Test
  void gradientsMustGoWithTheirParameter() {
    Winners winners = memory.allocateWinners(Shape.of(6, 4), 5);
    Tensor coefficients = tensor(5);
    descend(winners, coefficients, tensor(6, 7));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> descend(winners, coefficients, tensor(6, 8)))
        .withMessage(
            "sgd: parameter (4x7) should have 8 elements a row to go with the gradient's batch"
                + " (6x8)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> descend(winners, tensor(6), tensor(6, 7)))
        .withMessage("sgd: coefficients (6) should have the capacity of the winners, 5 of 6x4");
  }

  private void descend(Winners winners, Tensor coefficients, Tensor batch) {
    Gradient gradient = Gradient.factored(Gradient.Term.of(winners, coefficients, batch));
    backend.update().sgd(tensor(4, 7), tensor(4, 7), gradient, STEP);
  }

  @Test
  void winnersMustHaveRoomForTheRule() {
    Tensor activations = tensor(5, 4);
    Winners few = memory.allocateWinners(Shape.of(5, 4), 7);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> backend.selection().select(activations, new SelectionRule.Lifetime(2), few))
        .withMessageContaining("7")
        .withMessageContaining("8");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> backend.selection().select(activations, new SelectionRule.Spatial(), few))
        .withMessage(
            "select by spatial sparsity: winners are of the code 5x4, which should have 4 axes");
  }

  @Test
  void hostArraysMustHoldTheTensor() {
    Tensor tensor = tensor(2, 3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> memory.upload(new float[6], 1, tensor))
        .withMessage("upload: an array of 6 numbers has no 6 (2x3) from offset 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> memory.download(tensor, new float[8], -1))
        .withMessageContaining("2x3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> memory.of(Shape.of(2), 1, 2, 3))
        .withMessage("3 values do not fill the shape 2");
  }

  @Test
  void codesHaveTwoOrFourAxes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> memory.allocateWinners(Shape.of(3, 4, 5), 2))
        .withMessageContaining("3x4x5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> memory.allocateWinners(Shape.of(3, 4), -1))
        .withMessageContaining("-1");
  }

  @Test
  void uploadedWinnersMustFitTheCode() {
    Winners winners = memory.allocateWinners(Shape.of(3, 4), 2);
    assertRefused(winners, new int[] {0, 1, 2}, new int[] {0, 0, 0}, new int[3]); // too many
    assertRefused(winners, new int[] {3}, new int[] {0}, new int[1]);
    assertRefused(winners, new int[] {0}, new int[] {4}, new int[1]);
    assertRefused(winners, new int[] {0}, new int[] {0}, new int[] {1});
    assertRefused(winners, new int[] {0}, new int[] {-1}, new int[1]);
    assertRefused(winners, new int[] {1, 0}, new int[] {0, 0}, new int[2]); // not in order
    assertRefused(winners, new int[] {1, 1}, new int[] {0, 0}, new int[2]); // twice the same
    assertThat(winners.count()).isZero();
  }

  @Test
  void spreadWinnersMustFitTheCode() {
    Winners some = memory.allocateWinners(Shape.of(3, 2), 2);
    Winners all = memory.allocateWinners(Shape.of(3, 4), 2);
    Tensor coefficients = memory.allocate(Shape.of(2));
    int[][] wrong = {{1, 1}, {2, 1}, {0, 4}, {-1, 0}, {0, 1, 2}};
    for (int[] units : wrong) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> memory.spread(some, coefficients, units, all))
          .withMessageContaining("spread");
    }
    int[] units = {1, 3};
    assertThatIllegalArgumentException()
        .isThrownBy(() -> memory.spread(all, coefficients, units, some));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                memory.spread(
                    some, coefficients, units, memory.allocateWinners(Shape.of(2, 4), 2)));
    memory.spread(some, coefficients, units, all);
    assertThat(all.count()).isZero();
  }

  /** Also where the backend declines. */
  @Test
  void scaledRowsNeedANumberEach() {
    Tensor x = tensor(4, 3);
    Tensor weights = tensor(5, 3);
    Tensor five = tensor(5);
    SelectionRule rule = new SelectionRule.PerSample(2);
    List<List<Tensor>> wrong =
        List.of(
            List.of(tensor(4, 2), weights, five, five),
            List.of(x, weights, tensor(4), five),
            List.of(x, weights, five, tensor(3)));
    for (List<Tensor> of : wrong) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  backend
                      .selection()
                      .encodeScaled(
                          of.get(0),
                          of.get(1),
                          of.get(2),
                          of.get(3),
                          rule,
                          room -> memory.allocateWinners(Shape.of(4, 5), room)))
          .withMessageContaining("encodeScaled");
    }
  }

  @Test
  void slicesOfWinnersMustFitTheirCode() {
    Winners some = memory.allocateWinners(Shape.of(3, 2), 2);
    List<Winners> wrong =
        List.of(
            memory.allocateWinners(Shape.of(3, 2), 1),
            memory.allocateWinners(Shape.of(2, 3), 2),
            some);
    for (Winners target : wrong) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> memory.sliceUnits(some, 0, 1, target))
          .withMessageContaining("sliceUnits");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> memory.sliceRanks(some, 0, 1, target))
          .withMessageContaining("sliceRanks");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> memory.slicePositive(some, memory.allocate(Shape.of(3)), _ -> some))
        .withMessageContaining("slicePositive");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> memory.slicePositive(some, some.values(), _ -> some))
        .withMessageContaining("slicePositive");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> memory.least(some, memory.allocate(Shape.of(2))))
        .withMessageContaining("least");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> memory.spread(some, some.values(), new int[] {0, 1}, some))
        .withMessageContaining("spread");
  }

  private void assertRefused(Winners winners, int[] samples, int[] units, int[] positions) {
    WinnerList list = new WinnerList(samples, units, positions, new float[samples.length]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> memory.upload(list, winners))
        .withMessageContaining("upload");
  }
}
