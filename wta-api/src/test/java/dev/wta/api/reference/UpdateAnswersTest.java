package dev.wta.api.reference;

import dev.wta.api.op.Gradient;
import dev.wta.api.op.Update;
import dev.wta.api.op.Update.AdamStep;
import dev.wta.api.op.Update.RowNorm;
import dev.wta.api.op.Update.SgdStep;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import org.junit.jupiter.api.Test;

class UpdateAnswersTest extends KnownAnswers {
  private final Update update = backend.update();

  @Test
  void sgdWithMomentum() {
    Tensor parameter = vector(1, 2);
    Tensor velocity = vector(0, 0);
    Gradient gradient = Gradient.dense(vector(1, -1));
    SgdStep step = new SgdStep(0.1f, 0.5f, 0, false);
    update.sgd(parameter, velocity, gradient, step);
    assertHolds(velocity, -0.1f, 0.1f);
    assertHolds(parameter, 0.9f, 2.1f);
    update.sgd(parameter, velocity, gradient, step);
    assertHolds(velocity, -0.15f, 0.15f);
    assertHolds(parameter, 0.75f, 2.25f);
  }

  @Test
  void sgdDecaysWhatHasNoGradient() {
    Tensor parameter = vector(1, -2);
    Tensor velocity = vector(0, 0);
    update.sgd(
        parameter, velocity, Gradient.dense(vector(0, 0)), new SgdStep(0.1f, 0, 0.5f, false));
    assertHolds(parameter, 0.95f, -1.9f);
  }

  @Test
  void theTangentLeavesOutWhatIsAlongTheRow() {
    Tensor parameter = tensor(Shape.of(3, 2), 3, 4, 0, 0, 2, 0);
    Tensor velocity = output(3, 2);
    Tensor gradient = tensor(Shape.of(3, 2), 5, 10, 1, 1, 7, 1);
    update.sgd(parameter, velocity, Gradient.dense(gradient), new SgdStep(1, 0, 0, true));
    // (5, 10) . (3, 4) = 55, of 25: (5, 10) - 2.2 (3, 4) = (-1.6, 1.2). A row of zeros has no
    // direction.
    assertHolds(velocity, 1.6f, -1.2f, -1, -1, 0, -1);
  }

  @Test
  void adamsFirstStepIsTheRateWhateverTheGradient() {
    Tensor parameter = vector(1, 1, 1);
    Tensor m = output(3);
    Tensor v = output(3);
    AdamStep step = new AdamStep(0.01f, 0.5f, 0.75f, 1e-12f, 0, false, 1);
    update.adam(parameter, m, v, Gradient.dense(vector(100, -0.001f, 0)), step);
    assertHolds(parameter, 0.99f, 1.01f, 1);
    assertHolds(m, 50, -0.0005f, 0);
    assertHolds(v, 2500, 2.5e-7f, 0);
  }

  @Test
  void adamsDecayIsDecoupled() {
    Tensor parameter = vector(2);
    AdamStep step = new AdamStep(0.1f, 0.5f, 0.5f, 1e-8f, 0.25f, false, 2);
    Tensor m = vector(1);
    Tensor v = vector(2);
    update.adam(parameter, m, v, Gradient.dense(vector(2)), step);
    // m = 1.5, over 0.75 is 2; v = 3, over 0.75 is 4, root 2: a step of 0.1 (1 + 0.25 * 2).
    assertHolds(m, 1.5f);
    assertHolds(v, 3);
    assertHolds(parameter, 1.85f);
  }

  @Test
  void factoredGradientsAreWinnersTimesBatch() {
    Winners winners = winners(Shape.of(2, 2), new int[] {0, 1}, new int[] {1, 1}, new int[2]);
    Tensor batch = tensor(Shape.of(2, 3), 1, 2, 3, 10, 20, 30);
    Tensor parameter = output(2, 3);
    Tensor velocity = output(2, 3);
    Gradient gradient = Gradient.factored(Gradient.Term.of(winners, vector(1, -1), batch));
    update.sgd(parameter, velocity, gradient, new SgdStep(1, 0, 0, false));
    assertHolds(parameter, 0, 0, 0, 9, 18, 27);
  }

  @Test
  void rowNorms() {
    Tensor exactly = tensor(Shape.of(3, 2), 3, 4, 0, 0, 0.3f, 0.4f);
    update.normaliseRows(exactly, RowNorm.EXACTLY, 1);
    assertHolds(exactly, 0.6f, 0.8f, 0, 0, 0.6f, 0.8f);
    Tensor atMost = tensor(Shape.of(3, 2), 3, 4, 0, 0, 0.3f, 0.4f);
    update.normaliseRows(atMost, RowNorm.AT_MOST, 1);
    assertHolds(atMost, 0.6f, 0.8f, 0, 0, 0.3f, 0.4f);
  }
}
