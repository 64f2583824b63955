package dev.wta.bench.step;

import dev.wta.api.Backend;
import dev.wta.api.BackendOptions;
import dev.wta.api.Backends;
import dev.wta.api.Seed;
import dev.wta.api.Shape;
import dev.wta.api.Tensor;
import dev.wta.bench.kernel.Agreement;
import dev.wta.bench.kernel.Device;
import dev.wta.bench.kernel.FcWtaShape;
import dev.wta.models.FcWta;
import dev.wta.models.StepOutput;
import dev.wta.models.optimizer.Adam;
import dev.wta.models.optimizer.Optimizer;
import dev.wta.models.optimizer.OptimizerState;
import dev.wta.models.optimizer.Sgd;
import dev.wta.models.tape.Tape;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A training step of FC-WTA as the trainer takes it: upload of the batch, forward pass, gradients,
 * update. Everything but reading and shuffling the data.
 */
@State(Scope.Benchmark)
public class FcWtaStep {
  private static final int BATCHES = 50;
  private static final int CHECKED_STEPS = 2;

  @Param({"false", "true"})
  public boolean tied;

  @Param({"sgd", "adam"})
  public String optimizer;

  private float[] images;
  private Training training;

  @Setup(Level.Trial)
  public void prepare(Device device) {
    images = FcWtaShape.images(BATCHES * FcWtaShape.BATCH);
    training = new Training(device.get());
    try (Backend reference = Backends.named("reference", BackendOptions.defaults())) {
      Training known = new Training(reference);
      for (int i = 0; i < CHECKED_STEPS; i++) {
        double expected = known.lossOfStep();
        Agreement.require(
            "the loss of step " + i, expected, training.lossOfStep(), 1e-4 * expected);
      }
    }
  }

  @Benchmark
  public long step() {
    training.step();
    return training.steps;
  }

  /** A model being trained on one backend. */
  private final class Training {
    private final Backend backend;
    private final FcWta model;
    private final Tape tape;
    private final Tensor batch;
    private final Optimizer chosen;
    private final OptimizerState state;
    private long steps;

    Training(Backend backend) {
      this.backend = backend;
      model =
          FcWta.of(FcWtaShape.INPUTS)
              .hidden(FcWtaShape.UNITS)
              .lifetime((double) FcWtaShape.WINNERS / FcWtaShape.BATCH)
              .tied(tied)
              .on(backend, Seed.of(1));
      tape = Tape.recording(backend, Seed.of(1));
      batch = backend.memory().allocate(Shape.of(FcWtaShape.BATCH, FcWtaShape.INPUTS));
      chosen = optimizer.equals("adam") ? Adam.rate(1e-4) : Sgd.rate(1e-4);
      state = new OptimizerState(chosen, backend.update(), backend.memory(), model.parameters());
    }

    StepOutput step() {
      int first = (int) (steps % BATCHES) * FcWtaShape.BATCH * FcWtaShape.INPUTS;
      backend.memory().upload(images, first, batch);
      tape.reset(steps);
      StepOutput output = model.step(tape, batch);
      tape.backward(output.loss());
      steps++;
      state.step(tape, chosen.rate(), steps);
      return output;
    }

    double lossOfStep() {
      return step().loss().value();
    }
  }
}
