package dev.wta.api.backend;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.Window;
import dev.wta.api.reference.ReferenceBackendProvider;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What the messages about wrong operands say; that every operation has them is the contract's to
 * check.
 */
class OperandsTest {
  private final Backend backend = new ReferenceBackendProvider().open(BackendOptions.defaults());

  @AfterEach
  void close() {
    backend.close();
  }

  private Tensor tensor(int... extents) {
    return backend.memory().allocate(Shape.of(extents));
  }

  @Test
  void messagesNameTheOperationTheOperandsAndTheirShapes() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Operands.gemm(
                    tensor(3, 4), false, tensor(5, 7), false, Epilogue.NONE, tensor(3, 7)))
        .withMessage("gemm: b (5x7) should have 4 rows to go with a (3x4)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Operands.zipRow(tensor(3, 4), tensor(3), tensor(3, 4)))
        .withMessage("zipRow: row (3) should have 4 elements to go with x (3x4)");
  }

  @Test
  void matricesOfOneSizeAreNotYetTheSame() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Operands.zip(tensor(3, 4), tensor(4, 3), tensor(3, 4)))
        .withMessageContaining("4x3")
        .withMessageContaining("3x4");
    Operands.map("map", tensor(3, 2, 2), tensor(3, 4)); // the same rows
  }

  @Test
  void closedOperandsAreNamed() {
    Tensor closed = tensor(3, 4);
    closed.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> Operands.axpy(tensor(3, 4), closed))
        .withMessage("axpy: y (3x4) is closed");
  }

  @Test
  void outputsThatWouldOverwriteTheirInputsAreRefused() {
    Tensor square = tensor(3, 3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Operands.transpose(square, square))
        .withMessage("transpose: out (3x3) must not be x (3x3) as well");
  }

  @Test
  void windowsAndMapsMustAgree() {
    Tensor images = tensor(2, 1, 8, 8);
    Tensor filters = tensor(3, 1, 5, 5);
    Tensor maps = tensor(2, 3, 8, 8);
    Operands.forward(images, filters, Window.same(5), Epilogue.NONE, maps);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Operands.forward(images, filters, new Window(5, 5, 0), Epilogue.NONE, maps))
        .withMessageContaining("maps (2x3x8x8) should have 4 positions vertically");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Operands.forward(images, filters, Window.same(3), Epilogue.NONE, maps))
        .withMessage("forward: filters (3x1x5x5) should have a window's extents, 3x3");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Operands.forward(tensor(2, 64), filters, Window.same(5), Epilogue.NONE, maps))
        .withMessage("forward: images (2x64) should have 4 axes");
  }

  @Test
  void gradientsMustGoWithTheirParameter() {
    Winners winners = backend.memory().allocateWinners(Shape.of(6, 4), 5);
    Tensor coefficients = tensor(5);
    Tensor parameter = tensor(4, 7);
    Tensor velocity = tensor(4, 7);
    Operands.sgd(
        parameter,
        velocity,
        Gradient.factored(Gradient.Term.of(winners, coefficients, tensor(6, 7))));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Operands.sgd(
                    parameter,
                    velocity,
                    Gradient.factored(Gradient.Term.of(winners, coefficients, tensor(6, 8)))))
        .withMessage(
            "sgd: parameter (4x7) should have 8 elements a row to go with the gradient's batch"
                + " (6x8)");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Operands.sgd(
                    parameter,
                    velocity,
                    Gradient.factored(Gradient.Term.of(winners, tensor(6), tensor(6, 7)))))
        .withMessage("sgd: coefficients (6) should have the capacity of the winners, 5 of 6x4");
  }
}
