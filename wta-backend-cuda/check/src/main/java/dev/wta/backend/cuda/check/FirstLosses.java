package dev.wta.backend.cuda.check;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.optimizer.Adam;
import dev.wta.models.optimizer.OptimizerState;
import java.util.Map;

/** The first losses of every kind of model, with its own settings, beside the reference's. */
final class FirstLosses {
  private static final int STEPS = 3;
  private static final int SAMPLES = 4;
  private static final int SIDE = 12;
  private static final int OUTPUTS = 50;
  private static final double RATE = 1e-3;

  /** How far off they may be, of themselves. */
  static final double TOLERANCE = 1e-4;

  /** What a finding about a kind of model starts with. */
  static final String WHAT = "losses: ";

  private FirstLosses() {}

  static boolean agree(String backend, String who, Results results) {
    boolean agree = true;
    for (ModelFamily family : ModelFamilies.all()) {
      if (family.trainsByLayer()) {
        continue; // a layer is one of the others
      }
      double worst = apart(backend, family);
      agree &= worst <= TOLERANCE;
      results.add(
          who, WHAT + family.name(), "%.1e".formatted(worst), "off the reference's, of them");
    }
    return agree;
  }

  /** The largest difference, as a part of the reference's; infinity if the model could not run. */
  private static double apart(String backend, ModelFamily family) {
    double worst = 0;
    try {
      double[] expected = losses("reference", family);
      double[] actual = losses(backend, family);
      for (int step = 0; step < STEPS; step++) {
        double apart = Math.abs(actual[step] - expected[step]) / Math.abs(expected[step]);
        worst = Double.isNaN(apart) ? Double.POSITIVE_INFINITY : Math.max(worst, apart);
      }
      return worst;
    } catch (WtaException failed) { // which says nothing about the others
      System.err.println(family.name() + ": " + failed.getMessage());
      return Double.POSITIVE_INFINITY;
    }
  }

  private static double[] losses(String name, ModelFamily family) {
    double[] losses = new double[STEPS];
    Shape sample = Shape.of(1, SIDE, SIDE);
    Map<String, Object> given = family.transcodes() ? Map.of("outputs", OUTPUTS) : Map.of();
    try (Backend backend = Backends.named(name, BackendOptions.defaults());
        Model model =
            (Model) family.create(family.settings().parse(given), sample, backend, Seed.of(1));
        Tape tape = Tape.recording(backend, Seed.of(1));
        Tensor batch = backend.memory().allocate(Shape.of(SAMPLES, SIDE * SIDE));
        OptimizerState adam =
            new OptimizerState(
                Adam.rate(RATE), backend.update(), backend.memory(), model.parameters())) {
      for (int step = 0; step < STEPS; step++) {
        backend.randomness().uniform(Seed.of(7).stream("batch" + step), batch);
        tape.reset(step);
        StepOutput output = step(model, tape, batch, step);
        tape.backward(output.loss());
        losses[step] = output.loss().value();
        adam.step(tape, RATE, step + 1L);
      }
    }
    return losses;
  }

  private static StepOutput step(Model model, Tape tape, Tensor batch, int step) {
    if (model.target().isEmpty()) {
      return model.step(tape, batch);
    }
    Tensor target = tape.temporary(Shape.of(SAMPLES, OUTPUTS));
    model.backend().randomness().uniform(Seed.of(7).stream("target" + step), target);
    return model.stepTowards(tape, batch, target);
  }
}
