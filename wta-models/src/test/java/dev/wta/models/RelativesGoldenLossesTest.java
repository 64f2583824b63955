package dev.wta.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.MemoryDataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.fc.PlainFcWta;
import dev.wta.models.optimizer.Adam;
import dev.wta.models.optimizer.Optimizer;
import dev.wta.models.optimizer.OptimizerState;
import dev.wta.models.optimizer.Sgd;
import dev.wta.models.rbm.PlainRbm;
import dev.wta.models.roae.PlainRoae;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What the first ten steps of FC-WTA's relatives measure: stored, found by every backend, and found
 * again by independent implementations.
 */
class RelativesGoldenLossesTest {
  private static final int STEPS = 10;
  private static final int SAMPLES = 24;
  private static final int INPUTS = 20;
  private static final int UNITS = 30;
  private static final Seed SEED = Seed.of(1);

  /** A training step of an independent implementation, which answers the loss before it. */
  private interface Plain {
    double step(double[][] x, int step);
  }

  /** Makes an independent implementation with a model's first parameters. */
  private interface PlainMaker {
    Plain of(Model model);
  }

  /**
   * A model and what its first steps measure.
   *
   * @param measure the metric that is compared; empty for the loss
   */
  @SuppressWarnings("ArrayRecordComponent") // a plain carrier, never compared
  private record Case(
      String family,
      Map<String, Object> configuration,
      Optimizer optimizer,
      Optional<String> measure,
      PlainMaker plain,
      double... stored) {
    String name() {
      return family + " " + new TreeMap<>(configuration);
    }
  }

  private static final Adam ADAM = Adam.rate(0.01);
  private static final Sgd SGD = Sgd.rate(0.05);

  private static List<Case> cases() {
    return List.of(
        new Case(
            "k-sparse",
            Map.of("hidden", UNITS, "k", 4, "init", 0.1),
            ADAM,
            Optional.empty(),
            model -> {
              PlainFcWta plain = tied(model, PlainFcWta.topK(4));
              return (x, step) -> plain.step(x);
            },
            4.816522,
            4.583772,
            3.700498,
            2.880504,
            2.508956,
            1.952998,
            1.751786,
            1.550585,
            1.836700,
            2.021258),
        new Case(
            "denoising-autoencoder",
            Map.of("hidden", UNITS, "masking", 0.3, "init", 0.1),
            ADAM,
            Optional.empty(),
            model -> {
              PlainFcWta plain = tied(model, RelativesGoldenLossesTest::all);
              return (x, step) -> plain.step(masked(x, 0.7, SEED.stream("masking", step)), x);
            },
            4.849727,
            4.258573,
            3.295706,
            2.049762,
            1.596263,
            1.958350,
            2.498529,
            2.403198,
            1.778711,
            1.586347),
        new Case(
            "dropout-autoencoder",
            Map.of("hidden", UNITS, "dropout", 0.4, "init", 0.1),
            ADAM,
            Optional.empty(),
            model -> {
              int[] now = {0};
              PlainFcWta plain =
                  tied(
                      model,
                      code -> {
                        double[][] factors = masked(all(code), 0.6, SEED.stream("dropout", now[0]));
                        for (double[] row : factors) {
                          Arrays.setAll(row, u -> row[u] / 0.6);
                        }
                        return factors;
                      });
              return (x, step) -> {
                now[0] = step;
                return plain.step(x);
              };
            },
            4.436377,
            3.745592,
            2.996974,
            2.382083,
            2.466483,
            2.756472,
            2.362595,
            1.920646,
            1.852744,
            1.875519),
        new Case(
            "wta-rbm",
            Map.of("hidden", UNITS, "lifetime", 0.3, "plain-steps", 4, "init", 0.1),
            SGD,
            Optional.of("reconstructionError"),
            model -> rbm(model, 0.3, 4, 1),
            1.521675,
            1.606715,
            1.734180,
            1.754691,
            1.343195,
            1.474864,
            1.472334,
            1.249457,
            1.555710,
            1.718112),
        new Case(
            "wta-rbm",
            Map.of("hidden", UNITS, "competition", "none", "gibbs-steps", 3, "init", 0.1),
            SGD,
            Optional.of("reconstructionError"),
            model -> rbm(model, 1, 0, 3),
            1.521675,
            1.605123,
            1.729829,
            1.751547,
            1.573399,
            1.668894,
            1.731000,
            1.498372,
            1.726582,
            1.756036),
        new Case(
            "wta-rbm",
            Map.of(
                "hidden", UNITS, "plain-steps", 0, "chains", 5, "visible", "sampled", "init", 0.1),
            SGD,
            Optional.of("reconstructionError"),
            model -> rbm(model, 0.3, 0, 1),
            1.242072,
            1.368734,
            1.496180,
            1.583886,
            1.592654,
            1.692835,
            1.677910,
            1.431714,
            1.685290,
            1.765896),
        new Case(
            "roae",
            Map.of("hidden", UNITS),
            Sgd.rate(1).momentum(0),
            Optional.empty(),
            model -> {
              PlainRoae plain = new PlainRoae(values(model, 0), 0.1, 1);
              return (x, step) -> plain.step(x);
            },
            2.395348,
            1.250018,
            2.508927,
            1.348512,
            1.248092,
            1.278401,
            1.416210,
            1.202648,
            1.611660,
            1.301241));
  }

  private static PlainFcWta tied(Model model, PlainFcWta.Survivors survivors) {
    return new PlainFcWta(values(model, 0), Optional.empty(), survivors, ADAM.rate());
  }

  private static Plain rbm(Model model, double lifetime, int plainSteps, int gibbsSteps) {
    double[][] chains = model.parameters().size() > 3 ? values(model, 3) : new double[0][];
    PlainRbm plain =
        new PlainRbm(values(model, 0), lifetime, plainSteps, gibbsSteps, chains, SGD.rate());
    return (x, step) ->
        plain.step(
            x, i -> SEED.stream("hidden " + i, step), i -> SEED.stream("visible " + i, step));
  }

  private static double[][] all(double[][] code) {
    double[][] ones = new double[code.length][code[0].length];
    for (double[] row : ones) {
      Arrays.fill(row, 1);
    }
    return ones;
  }

  /** Keeps each element with probability {@code kept}. */
  private static double[][] masked(double[][] x, double kept, Philox draws) {
    int width = x[0].length;
    double[][] left = new double[x.length][width];
    for (int n = 0; n < x.length; n++) {
      for (int j = 0; j < width; j++) {
        left[n][j] = draws.uniform((long) n * width + j) < (float) kept ? x[n][j] : 0;
      }
    }
    return left;
  }

  @TestFactory
  Stream<DynamicTest> everyBackendFindsTheStoredLosses() {
    return TestBackends.NAMES.stream()
        .flatMap(
            backend ->
                cases().stream()
                    .map(
                        one ->
                            DynamicTest.dynamicTest(
                                backend + ": " + one.name(),
                                () -> agree(losses(backend, one), one.stored))));
  }

  @TestFactory
  Stream<DynamicTest> independentImplementationsFindThem() {
    return cases().stream()
        .map(one -> DynamicTest.dynamicTest(one.name(), () -> agree(plainLosses(one), one.stored)));
  }

  private static void agree(double[] losses, double[] stored) {
    assertThat(losses).as(Arrays.toString(losses)).containsExactly(stored, within(2e-5));
  }

  private static float[] batch(int step) {
    return TestData.uniform("batch" + step, SAMPLES * INPUTS);
  }

  private static Model model(Backend backend, Case one) {
    ModelFamily family = ModelFamilies.named(one.family);
    return (Model)
        family.create(family.settings().parse(one.configuration), Shape.of(INPUTS), backend, SEED);
  }

  private static double[] losses(String backendName, Case one) {
    double[] losses = new double[STEPS];
    try (Backend backend = TestBackends.open(backendName, 2);
        Model model = model(backend, one);
        Tape tape = Tape.recording(backend, SEED);
        Tensor x = backend.memory().allocate(Shape.of(SAMPLES, INPUTS));
        OptimizerState optimizer =
            new OptimizerState(
                one.optimizer, backend.update(), backend.memory(), model.parameters())) {
      MemoryDataset first = MemoryDataset.of("first", Shape.of(INPUTS), batch(0));
      model.begin(first, Preprocessing.fit(List.of(), first));
      for (int step = 0; step < STEPS; step++) {
        backend.memory().upload(batch(step), 0, x);
        tape.reset(step);
        StepOutput output = model.step(tape, x);
        losses[step] =
            one.measure
                .map(name -> output.metrics().get(name).getAsDouble())
                .orElseGet(() -> output.loss().value());
        tape.backward(output.loss());
        optimizer.step(tape, one.optimizer.rate(), step + 1);
      }
    }
    return losses;
  }

  private static double[] plainLosses(Case one) {
    double[] losses = new double[STEPS];
    try (Backend backend = TestBackends.reference();
        Model model = model(backend, one)) {
      Plain plain = one.plain.of(model);
      for (int step = 0; step < STEPS; step++) {
        losses[step] = plain.step(TestData.rows(batch(step), INPUTS), step);
      }
    }
    return losses;
  }

  /** The values of a model's {@code index}-th parameter. */
  private static double[][] values(Model model, int index) {
    Tensor value = model.parameters().get(index).value();
    float[] host = model.backend().memory().download(value);
    return TestData.rows(host, value.shape().rowSize());
  }
}
