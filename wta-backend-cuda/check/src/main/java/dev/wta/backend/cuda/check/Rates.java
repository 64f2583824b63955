package dev.wta.backend.cuda.check;

import dev.wta.api.Backend;
import dev.wta.api.BackendOptions;
import dev.wta.api.Backends;
import dev.wta.api.Epilogue;
import dev.wta.api.Seed;
import dev.wta.api.Shape;
import dev.wta.api.Tensor;
import dev.wta.api.WtaException;
import dev.wta.bench.step.Training;
import dev.wta.models.FcWta;
import dev.wta.models.StepOutput;
import dev.wta.models.competition.TopK;
import dev.wta.models.optimizer.Adam;
import dev.wta.models.optimizer.OptimizerState;
import dev.wta.models.tape.Tape;
import dev.wta.workloads.ConvStep;
import dev.wta.workloads.FcStep;
import dev.wta.workloads.TopKStep;
import dev.wta.workloads.Workload;
import java.util.Arrays;
import java.util.List;

/**
 * Steps a second and products a second, each the median of several stretches of time at whose end
 * the device is waited for. {@code gpu-bench.py} measures the same of PyTorch.
 */
final class Rates {
  private static final int STRETCHES = 5;
  private static final double STRETCH_SECONDS = 1;
  private static final double WARM_UP_SECONDS = 3;

  /** The CUDA backend's property for products on tensor cores. */
  private static final String PRODUCTS = "wta.cuda.products";

  private static final int PRODUCT = 4096;

  /** A language model's TopK autoencoder. */
  private static final int LARGE_BATCH = 4096;

  private static final int LARGE_INPUTS = 4096;
  private static final int LARGE_UNITS = 65_536;
  private static final int LARGE_WINNERS = 32;
  private static final double RATE = 1e-4;

  private Rates() {}

  static boolean measure(String name, Results results) {
    try (Backend backend = Backends.named(name, BackendOptions.defaults())) {
      product(backend, results);
      List<Workload> steps =
          List.of(
              new FcStep(true),
              new FcStep(false),
              new TopKStep(),
              ConvStep.DEEP,
              new ConvStep("conv-wta-step-256", 256, 2, 128, 13),
              ConvStep.SHALLOW);
      for (Workload workload : steps) {
        try (Training training = Training.of(workload, backend)) {
          report(backend, workload.name(), rate(backend, training::stepUnobserved), results);
        }
      }
    }
    if (!name.equals("cuda")) {
      return true; // the rest is for GPUs alone
    }
    largeTopK(name, "topk-step-large", results);
    System.setProperty(PRODUCTS, "bf16");
    largeTopK(name, "topk-step-large bf16", results);
    System.clearProperty(PRODUCTS);
    return true;
  }

  private static void largeTopK(String name, String what, Results results) {
    try (Backend backend = Backends.named(name, BackendOptions.defaults())) {
      largeTopK(backend, what, results);
    } catch (WtaException noRoom) {
      results.add(name, what, "no room", "steps/s");
      System.err.println(noRoom.getMessage());
    }
  }

  private static void product(Backend backend, Results results) {
    Shape square = Shape.of(PRODUCT, PRODUCT);
    try (Tensor a = backend.memory().allocate(square);
        Tensor b = backend.memory().allocate(square);
        Tensor out = backend.memory().allocate(square)) {
      backend.randomness().normal(Seed.of(1).stream("a"), 0, 1, a);
      backend.randomness().normal(Seed.of(1).stream("b"), 0, 1, b);
      double rate =
          rate(backend, () -> backend.dense().gemm(a, false, b, false, 1, 0, Epilogue.NONE, out));
      double operations = 2.0 * PRODUCT * PRODUCT * PRODUCT;
      results.add(
          backend.name(), "gemm of 4096", "%.0f".formatted(rate * operations / 1e9), "GFLOP/s");
    }
  }

  private static void largeTopK(Backend backend, String what, Results results) {
    try (FcWta model =
            FcWta.of(LARGE_INPUTS)
                .hidden(LARGE_UNITS)
                .competition(new TopK(LARGE_WINNERS))
                .tied(false)
                .on(backend, Seed.of(1));
        Tape tape = Tape.recording(backend, Seed.of(1));
        Tensor batch = backend.memory().allocate(Shape.of(LARGE_BATCH, LARGE_INPUTS));
        OptimizerState adam =
            new OptimizerState(
                Adam.rate(RATE), backend.update(), backend.memory(), model.parameters())) {
      backend.randomness().normal(Seed.of(1).stream("samples"), 0, 1, batch);
      long[] step = {0};
      double rate =
          rate(
              backend,
              () -> {
                tape.reset(step[0]);
                StepOutput output = model.step(tape, batch);
                tape.backward(output.loss());
                step[0]++;
                adam.step(tape, RATE, step[0]);
              });
      report(backend, what, rate, results);
    }
  }

  private static void report(Backend backend, String what, double rate, Results results) {
    results.add(backend.name(), what, "%.1f".formatted(rate), "steps/s");
  }

  /** How often a second, the median of the stretches. */
  private static double rate(Backend backend, Runnable step) {
    stretch(backend, step, WARM_UP_SECONDS);
    double[] rates = new double[STRETCHES];
    for (int i = 0; i < STRETCHES; i++) {
      rates[i] = stretch(backend, step, STRETCH_SECONDS);
    }
    Arrays.sort(rates);
    return rates[STRETCHES / 2];
  }

  private static double stretch(Backend backend, Runnable step, double seconds) {
    long start = System.nanoTime();
    long steps = 0;
    double elapsed;
    long chunk = 1;
    do {
      for (long i = 0; i < chunk; i++) {
        step.run();
      }
      steps += chunk;
      backend.memory().synchronise();
      elapsed = (System.nanoTime() - start) * 1e-9;
      chunk = Math.max(1, (long) (0.1 * steps / elapsed)); // a tenth of a second between waits
    } while (elapsed < seconds);
    return steps / elapsed;
  }
}
