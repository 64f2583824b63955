package dev.wta.models.sae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.Backend;
import dev.wta.api.Seed;
import dev.wta.api.Shape;
import dev.wta.api.Tensor;
import dev.wta.data.Preprocessing;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.Parameter;
import dev.wta.models.StepOutput;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.optimizer.Adam;
import dev.wta.models.optimizer.OptimizerState;
import dev.wta.models.tape.Tape;
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
            Map.of("hidden", UNITS, "k", 3, "k-aux", 2, "dead-after", SAMPLES),
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
            Map.of("hidden", UNITS, "k", 3, "k-aux", 2, "dead-after", SAMPLES),
            0.9,
            (parameters, variance) ->
                new PlainWinnerSae(
                    parameters, variance, RATE, 3, true, new int[] {UNITS}, 2, SAMPLES),
            0.724208,
            0.761127,
            0.753346,
            0.773325,
            0.670544,
            0.767005,
            0.779438,
            0.604453,
            0.738556,
            0.774747),
        new Case(
            "matryoshka",
            Map.of("hidden", UNITS, "k", 3, "prefixes", 4, "k-aux", 2, "dead-after", SAMPLES),
            0.9,
            (parameters, variance) ->
                new PlainWinnerSae(
                    parameters, variance, RATE, 3, true, new int[] {4, 8, 15, UNITS}, 2, SAMPLES),
            0.870448,
            0.877994,
            0.937475,
            0.945838,
            0.873270,
            0.949799,
            0.955109,
            0.790165,
            0.942982,
            0.999523),
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
                0.3),
            0,
            (parameters, variance) ->
                new PlainJumpReluSae(parameters, variance, RATE, 0.02, 0.3 * Math.sqrt(variance)),
            0.752778,
            0.767052,
            0.745034,
            0.752964,
            0.676521,
            0.750657,
            0.742807,
            0.604490,
            0.735300,
            0.717439),
        new Case(
            "gated",
            Map.of("hidden", UNITS, "sparsity", 0.05, "sparsity-warmup", 0, "threshold", 0.1),
            0,
            (parameters, variance) -> new PlainGatedSae(parameters, variance, RATE, 0.05),
            1.201039,
            1.211824,
            1.175995,
            1.108121,
            1.014957,
            1.051438,
            1.033755,
            0.802057,
            1.008255,
            0.965886));
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
    Model model =
        family.create(family.settings().parse(one.configuration), Shape.of(INPUTS), backend, SEED);
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
