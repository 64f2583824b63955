package dev.wta.backend.cuda.check;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Precision;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.bench.step.Training;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.competition.TopK;
import dev.wta.models.fc.FcWta;
import dev.wta.models.optimizer.Adam;
import dev.wta.models.optimizer.OptimizerState;
import dev.wta.workloads.ConvStep;
import dev.wta.workloads.FcStep;
import dev.wta.workloads.TopKStep;
import dev.wta.workloads.Workload;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Steps a second and products a second, each the median of several stretches of time at whose end
 * the device is waited for. {@code gpu-bench.py} measures the same of PyTorch.
 */
final class Rates {
  /** Any value, to try the check out: everything small and short, and rates that say nothing. */
  static final boolean TRIAL = System.getProperty("wta.check.trial") != null;

  private static final int STRETCHES = TRIAL ? 1 : 5;
  private static final double STRETCH_SECONDS = TRIAL ? 0 : 0.4;
  private static final double WARM_UP_SECONDS = TRIAL ? 0 : 1;

  private static final int PRODUCT = TRIAL ? 64 : 4096;

  /** A language model's TopK autoencoder. */
  private static final int LARGE_BATCH = TRIAL ? 32 : 4096;

  private static final int LARGE_INPUTS = TRIAL ? 32 : 4096;
  private static final int LARGE_UNITS = TRIAL ? 512 : 65_536;
  private static final int LARGE_WINNERS = 32;
  private static final double RATE = 1e-4;

  /** The product's finding, before its precision, as PyTorch's side calls it. */
  static final String GEMM = "gemm of 4096";

  private static final List<Workload> TRIAL_STEPS =
      List.of(new FcStep(true), new ConvStep("conv-wta-step-256", 4, 1, 4, 1));

  private static final List<Workload> STEPS =
      List.of(
          new FcStep(true),
          new FcStep(false),
          TopKStep.USUAL,
          ConvStep.DEEP,
          new ConvStep("conv-wta-step-256", 256, 2, 128, 13),
          ConvStep.SHALLOW);

  private static final String PRODUCTS_UNIT = "GFLOP/s";
  private static final String STEPS_UNIT = "steps/s";

  private Rates() {}

  /**
   * Measures all of a backend that is not known yet, on a GPU in every precision, which the names
   * of the findings end with; false if something could not be measured.
   */
  static boolean measure(String name, String who, Results results) {
    boolean cuda = name.equals("cuda");
    boolean well = true;
    for (Precision precision : cuda ? Precision.values() : new Precision[] {Precision.FLOAT32}) {
      String gemm = GEMM + " " + precision;
      well &= row(name, precision, who, gemm, PRODUCTS_UNIT, results, Rates::product);
      if (cuda && !results.has(CublasRate.NAME, gemm)) {
        CublasRate.of(PRODUCT, precision, Rates::rate)
            .ifPresent(rate -> results.add(CublasRate.NAME, gemm, gigaflops(rate), PRODUCTS_UNIT));
      }
      for (Workload workload : TRIAL ? TRIAL_STEPS : STEPS) {
        String step = workload.name() + " " + precision;
        well &= row(name, precision, who, step, STEPS_UNIT, results, of -> steps(workload, of));
      }
      if (cuda) {
        String large = "topk-step-large " + precision;
        well &= row(name, precision, who, large, STEPS_UNIT, results, Rates::largeTopK);
      }
    }
    return well;
  }

  /** A finding on a backend of its own, so that what fails there is forgotten after it. */
  private static boolean row(
      String name,
      Precision precision,
      String who,
      String what,
      String unit,
      Results results,
      Function<Backend, String> rate) {
    if (results.has(who, what)) {
      return true;
    }
    try (Backend backend = Backends.named(name, BackendOptions.defaults())) {
      results.add(who, what, rate.apply(backend.withPrecision(precision)), unit);
      return true;
    } catch (WtaException failed) { // such as no room for it, which says nothing about the others
      results.add(who, what, Results.FAILED, unit);
      System.err.println(failed.getMessage());
      return false;
    }
  }

  private static String steps(Workload workload, Backend backend) {
    try (Training training = Training.of(workload, backend)) {
      return text(rate(backend, training::stepUnobserved));
    }
  }

  /** Products a second. */
  private static String product(Backend backend) {
    Shape square = Shape.of(PRODUCT, PRODUCT);
    try (Tensor a = backend.memory().allocate(square);
        Tensor b = backend.memory().allocate(square);
        Tensor out = backend.memory().allocate(square)) {
      backend.randomness().normal(Seed.of(1).stream("a"), 0, 1, a);
      backend.randomness().normal(Seed.of(1).stream("b"), 0, 1, b);
      return gigaflops(
          rate(backend, () -> backend.dense().gemm(a, false, b, false, 1, 0, Epilogue.NONE, out)));
    }
  }

  private static String gigaflops(double productsPerSecond) {
    return "%.0f".formatted(productsPerSecond * 2e-9 * PRODUCT * PRODUCT * PRODUCT);
  }

  /** Steps a second. The samples stay on the device, on PyTorch's side as well. */
  private static String largeTopK(Backend backend) {
    try (FcWta model =
            FcWta.Settings.DEFAULTS
                .hidden(LARGE_UNITS)
                .competition(new TopK(LARGE_WINNERS))
                .tied(false)
                .on(LARGE_INPUTS, backend, Seed.of(1));
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
      return text(rate);
    }
  }

  private static String text(double rate) {
    return "%.1f".formatted(rate);
  }

  private static double rate(Backend backend, Runnable call) {
    return rate(call, backend.memory()::synchronise);
  }

  /** Calls a second, the median of the stretches. */
  private static double rate(Runnable call, Runnable wait) {
    stretch(call, wait, WARM_UP_SECONDS);
    double[] rates = new double[STRETCHES];
    for (int i = 0; i < STRETCHES; i++) {
      rates[i] = stretch(call, wait, STRETCH_SECONDS);
    }
    Arrays.sort(rates);
    return rates[STRETCHES / 2];
  }

  private static double stretch(Runnable call, Runnable wait, double seconds) {
    long start = System.nanoTime();
    long calls = 0;
    double elapsed;
    long chunk = 1;
    do {
      for (long i = 0; i < chunk; i++) {
        call.run();
      }
      calls += chunk;
      wait.run();
      elapsed = (System.nanoTime() - start) * 1e-9;
      chunk = Math.max(1, (long) (0.1 * calls / elapsed)); // a tenth of a second between waits
    } while (elapsed < seconds);
    return calls / elapsed;
  }
}
