package dev.wta.models.sae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.StepOutput;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.optimizer.Adam;
import dev.wta.models.optimizer.OptimizerState;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The losses of the first ten steps: stored, found by every backend, and found again by independent
 * implementations.
 */
class SaeGoldenLossesTest {
  private static final int STEPS = 10;
  private static final int SAMPLES = 24;
  private static final int INPUTS = 20;
  private static final int UNITS = 30;
  private static final Seed SEED = Seed.of(1);
  private static final double RATE = 0.01;

  /** Makes an independent implementation with a model's first parameters. */
  private interface PlainMaker {
    PlainSae of(List<double[][]> parameters, double variance);
  }

  @SuppressWarnings("ArrayRecordComponent") // a plain carrier, never compared
  private record Case(
      String family,
      Map<String, Object> configuration,
      double beta1,
      PlainMaker plain,
      double... stored) {
    String name() {
      return family + " " + new TreeMap<>(configuration);
    }

    Adam optimizer() {
      return Adam.rate(RATE).betas(beta1, 0.999).epsilon(6.25e-10);
    }
  }

  private static List<Case> cases() {
    return List.of(
        new Case(
            "topk",
            Map.of("hidden", UNITS, "k", 3, "k-aux", 2, "dead-after", SAMPLES, "aux-signed", false),
            0.9,
            (parameters, variance) ->
                new PlainWinnerSae(
                    parameters, variance, RATE, 3, false, new int[] {UNITS}, 2, SAMPLES),
            0.683296,
            0.736897,
            0.755176,
            0.726434,
            0.692815,
            0.750903,
            0.771245,
            0.613925,
            0.746812,
            0.771055),
        new Case(
            "batch-topk",
            Map.of("hidden", UNITS, "k", 3, "k-aux", 2, "dead-after", SAMPLES, "aux-signed", false),
            0.9,
            (parameters, variance) ->
                new PlainWinnerSae(
                    parameters, variance, RATE, 3, true, new int[] {UNITS}, 2, SAMPLES),
            0.677867,
            0.722712,
            0.737630,
            0.720308,
            0.681286,
            0.730162,
            0.744923,
            0.595463,
            0.731846,
            0.764052),
        new Case(
            "matryoshka",
            Map.of(
                "hidden",
                UNITS,
                "k",
                3,
                "prefixes",
                4,
                "k-aux",
                2,
                "dead-after",
                SAMPLES,
                "aux-signed",
                false),
            0.9,
            (parameters, variance) ->
                new PlainWinnerSae(
                    parameters, variance, RATE, 3, true, new int[] {4, 8, 15, UNITS}, 2, SAMPLES),
            0.873404,
            0.874874,
            0.936611,
            0.931367,
            0.863412,
            0.922540,
            0.947963,
            0.779486,
            0.927859,
            0.980628),
        new Case(
            "jumprelu",
            Map.of(
                "hidden",
                UNITS,
                "sparsity",
                0.02,
                "sparsity-warmup",
                0,
                "threshold",
                0.2,
                "bandwidth",
                0.3,
                "threshold-form",
                "log",
                "sparsity-loss",
                "step",
                "kernel-to-encoder",
                false),
            0,
            (parameters, variance) ->
                new PlainJumpReluSae(parameters, variance, RATE, 0.02, 0.3 * Math.sqrt(variance)),
            0.674773,
            0.698706,
            0.710829,
            0.671187,
            0.642836,
            0.661786,
            0.652708,
            0.540182,
            0.650451,
            0.616937),
        new Case(
            "gated",
            Map.of(
                "hidden",
                UNITS,
                "sparsity",
                0.05,
                "sparsity-warmup",
                0,
                "threshold",
                0.1,
                "gate-decoder",
                "frozen"),
            0,
            (parameters, variance) -> new PlainGatedSae(parameters, variance, RATE, 0.05),
            1.140130,
            1.124820,
            1.147296,
            1.004744,
            0.954680,
            0.946654,
            0.901655,
            0.674805,
            0.839218,
            0.792814));
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

  /** A model that has looked at some samples, as the trainer makes it do. */
  private static Model model(Backend backend, Case one) {
    ModelFamily family = ModelFamilies.named(one.family);
    Map<String, Object> configuration = new TreeMap<>(Map.of("decoder-rows", "unit"));
    if (family.settings().find("aux-weight").isPresent()) {
      configuration.putAll(Map.of("aux-weight", 1.0 / 32, "aux-scale", "reconstruction"));
    }
    configuration.putAll(one.configuration);
    Model model =
        (Model)
            family.create(family.settings().parse(configuration), Shape.of(INPUTS), backend, SEED);
    model.begin(TestData.vectors(40, INPUTS), Preprocessing.none());
    return model;
  }

  private static double[] losses(String backendName, Case one) {
    double[] losses = new double[STEPS];
    try (Backend backend = TestBackends.open(backendName, 2);
        Model model = model(backend, one);
        Tape tape = Tape.recording(backend, SEED);
        Tensor x = backend.memory().allocate(Shape.of(SAMPLES, INPUTS));
        OptimizerState optimizer =
            new OptimizerState(
                one.optimizer(), backend.update(), backend.memory(), model.parameters())) {
      for (int step = 0; step < STEPS; step++) {
        backend.memory().upload(batch(step), 0, x);
        tape.reset(step);
        StepOutput output = model.step(tape, x);
        losses[step] = output.loss().value();
        tape.backward(output.loss());
        optimizer.step(tape, RATE, step + 1);
      }
    }
    return losses;
  }

  private static double[] plainLosses(Case one) {
    double[] losses = new double[STEPS];
    try (Backend backend = TestBackends.reference();
        Model model = model(backend, one)) {
      List<double[][]> learnt =
          model.parameters().stream()
              .filter(Parameter::learnt)
              .map(parameter -> values(backend, parameter))
              .toList();
      double variance =
          model.parameters().stream()
              .filter(parameter -> parameter.name().equals("variance"))
              .mapToDouble(parameter -> values(backend, parameter)[0][0])
              .sum();
      PlainSae plain = one.plain.of(learnt, variance);
      for (int step = 0; step < STEPS; step++) {
        losses[step] = plain.step(TestData.rows(batch(step), INPUTS));
      }
      if (plain instanceof PlainWinnerSae winners) {
        assertThat(winners.revived).as("dead units took part").isTrue();
      }
    }
    return losses;
  }

  private static double[][] values(Backend backend, Parameter parameter) {
    Tensor value = parameter.value();
    return TestData.rows(backend.memory().download(value), value.shape().rowSize());
  }
}
