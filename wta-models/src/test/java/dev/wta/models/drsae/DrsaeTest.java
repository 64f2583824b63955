package dev.wta.models.drsae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.Features;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.StepOutput;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.autodiff.GradientCheck;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.optimizer.OptimizerState;
import dev.wta.models.optimizer.Sgd;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DrSAE against its equations: steps, bounds, beginnings, predictions. */
class DrsaeTest {
  private static final int SAMPLES = 24;
  private static final int FEW = 3; // where a difference must not step over a kink
  private static final int INPUTS = 20;
  private static final int UNITS = 15;
  private static final int CLASSES = 3;
  private static final int UNSUPERVISED_STEPS = 6;
  private static final double RATE = 0.1;

  /** What the first ten steps measure, by T: six without labels, and four with them. */
  private static final NavigableMap<Integer, double[]> STORED =
      new TreeMap<>(
          Map.of(
              2,
              new double[] {
                1.829175, 1.589704, 1.192448, 0.902941, 0.684085, 0.680797, 1.723091, 1.673175,
                1.734740, 1.710235
              },
              5,
              new double[] {
                1.835160, 1.533818, 1.036245, 0.844179, 0.838876, 0.973653, 2.621712, 1.774086,
                1.806154, 1.779526
              }));

  private static Drsae model(Backend backend, int iterations) {
    ModelFamily family = ModelFamilies.named("drsae");
    Map<String, Object> settings =
        Map.of("hidden", UNITS, "iterations", iterations, "classes", CLASSES);
    return (Drsae)
        family.create(family.settings().parse(settings), Shape.of(INPUTS), backend, Seed.of(1));
  }

  private static Trainer trainer(Model model, Dataset data, Map<String, Object> settings) {
    TrainingSettings all = TrainingSettings.of(ModelFamilies.named("drsae")).parse(settings);
    return Trainer.of(model).data(data).settings(all);
  }

  private static PlainDrsae plain(Drsae model) {
    double[] bias = values(model, 1)[0];
    return new PlainDrsae(
        values(model, 0),
        bias,
        values(model, 2),
        values(model, 3),
        values(model, 4),
        model.iterations());
  }

  /** The values of a model's {@code index}-th parameter; a bias is one row. */
  private static double[][] values(Model model, int index) {
    Tensor value = model.parameters().get(index).value();
    float[] host = model.backend().memory().download(value);
    return TestData.rows(host, value.shape().rank() == 1 ? host.length : value.shape().rowSize());
  }

  /** Samples of length 1. */
  private static float[] batch(int step) {
    float[] values = TestData.uniform("batch" + step, SAMPLES * INPUTS);
    Dataset data = MemoryDataset.of("batch", Shape.of(INPUTS), values);
    Preprocessing.fit(List.of("l2"), data).apply(values, SAMPLES, Shape.of(INPUTS));
    return values;
  }

  private static double[] losses(String backendName, int iterations) {
    double[] losses = new double[10];
    try (Backend backend = TestBackends.open(backendName, 2);
        Drsae model = model(backend, iterations);
        Tape tape = Tape.recording(backend, Seed.of(1));
        Tensor x = backend.memory().allocate(Shape.of(SAMPLES, INPUTS));
        Tensor labels = backend.memory().of(Shape.of(SAMPLES), floats(TestData.labels(SAMPLES)));
        OptimizerState optimizer =
            new OptimizerState(
                Sgd.rate(RATE).momentum(0),
                backend.update(),
                backend.memory(),
                model.parameters())) {
      for (int step = 0; step < losses.length; step++) {
        backend.memory().upload(batch(step), 0, x);
        tape.reset(step);
        StepOutput output =
            step < UNSUPERVISED_STEPS ? model.step(tape, x) : model.step(tape, x, labels);
        losses[step] = output.loss().value();
        tape.backward(output.loss());
        optimizer.step(tape, RATE, step + 1);
      }
    }
    return losses;
  }

  private static float[] floats(int[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = values[i];
    }
    return floats;
  }

  private static void agree(double[] losses, int iterations) {
    assertThat(losses)
        .as(Arrays.toString(losses))
        .containsExactly(STORED.get(iterations), within(2e-5));
  }

  @TestFactory
  Stream<DynamicTest> everyBackendFindsTheStoredLosses() {
    return TestBackends.NAMES.stream()
        .flatMap(
            name ->
                STORED.keySet().stream()
                    .map(
                        iterations ->
                            DynamicTest.dynamicTest(
                                name + ", T = " + iterations,
                                () -> agree(losses(name, iterations), iterations))));
  }

  @TestFactory
  Stream<DynamicTest> anIndependentImplementationFindsThem() {
    return STORED.keySet().stream()
        .map(
            iterations ->
                DynamicTest.dynamicTest(
                    "T = " + iterations, () -> agree(plainLosses(iterations), iterations)));
  }

  private static double[] plainLosses(int iterations) {
    double[] losses = new double[10];
    try (Backend backend = TestBackends.reference();
        Drsae model = model(backend, iterations)) {
      PlainDrsae plain = plain(model);
      for (int step = 0; step < losses.length; step++) {
        int[] labels = step < UNSUPERVISED_STEPS ? null : TestData.labels(SAMPLES);
        losses[step] = plain.step(TestData.rows(batch(step), INPUTS), labels, RATE);
      }
    }
    return losses;
  }

  /**
   * With weights of all kinds: those of the beginning are symmetric, and say nothing of classes.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void gradientsOfBothStagesAgreeWithFiniteDifferences(boolean supervised) {
    try (Backend backend = TestBackends.reference();
        Drsae model = model(backend, 3);
        Tensor all = backend.memory().of(Shape.of(SAMPLES, INPUTS), batch(0));
        Tensor labels = backend.memory().of(Shape.of(FEW), floats(TestData.labels(FEW)))) {
      Tensor x = all.rows(0, FEW);
      for (Parameter parameter : model.parameters()) {
        float[] values = TestData.normal(parameter.name(), (int) parameter.value().size());
        for (int i = 0; i < values.length; i++) {
          values[i] = 0.2f * values[i];
        }
        backend.memory().upload(values, 0, parameter.value());
      }
      int count = model.parameters().size();
      GradientCheck.check(
          backend,
          supervised ? model.parameters() : model.parameters().subList(0, count - 1),
          tape -> (supervised ? model.step(tape, x, labels) : model.step(tape, x)).loss());
    }
  }

  @Test
  void aUnitBeginsAtASampleAndTheEncoderAtItsDecoder() {
    float[] values = TestData.uniform("begin", 40 * INPUTS);
    Dataset data = MemoryDataset.of("begin", Shape.of(INPUTS), values, TestData.labels(40));
    try (Backend backend = TestBackends.reference();
        Drsae model = model(backend, 5);
        Drsae untouched = model(backend, 5)) {
      model.begin(data, Preprocessing.fit(List.of("l2"), data));
      double[][] e = values(model, 0);
      double[][] r = values(model, 2);
      double[][] d = values(model, 3);
      for (int u = 0; u < UNITS; u++) {
        assertThat(norm(d[u])).isCloseTo(1, within(1e-6));
        for (int i = 0; i < INPUTS; i++) {
          assertThat(e[u][i]).isCloseTo(0.25 * d[u][i], within(1e-6));
        }
        for (int v = 0; v < UNITS; v++) {
          assertThat(r[u][v]).isCloseTo(-0.25 * dot(d[u], d[v]), within(1e-6));
        }
        // samples are positive, and the noise is the same without them
        assertThat(sum(d[u])).isGreaterThan(sum(values(untouched, 3)[u]));
      }
    }
  }

  /**
   * Many units with much the same decoder: at the full length of 1.25 / T each sample silences all.
   */
  @Test
  void aShallowModelOfManyUnitsDoesNotBeginSilent() {
    ModelFamily family = ModelFamilies.named("drsae");
    Dataset data = TestData.patterns(30, Shape.of(INPUTS));
    try (Backend backend = TestBackends.reference();
        Drsae many =
            (Drsae)
                family.create(
                    family.settings().parse(Map.of("hidden", 300, "iterations", 2)),
                    Shape.of(INPUTS),
                    backend,
                    Seed.of(1))) {
      Preprocessing fitted = Preprocessing.fit(List.of("l2"), data);
      many.begin(data, fitted);
      many.preprocessWith(fitted);
      try (Features codes = many.encode(data)) {
        for (double[] code : TestData.rows(backend.memory().download(codes.values()), 300)) {
          assertThat(sum(code)).isPositive();
        }
      }
    }
  }

  @Test
  void rowsStayWithinTheirBounds() {
    try (Backend backend = TestBackends.reference();
        Drsae model = model(backend, 5)) {
      Dataset data = TestData.patterns(50, Shape.of(INPUTS));
      trainer(model, data, Map.of("pretraining", 20, "epochs", 200, "held-out", 0, "rate", 0.1))
          .train();
      assertBounded(values(model, 0), 1.25 / 4);
      assertBounded(values(model, 3), 1);
      assertBounded(values(model, 4), 5);
      assertThat(model.predict(data)).isEqualTo(data.labels());
    }
  }

  /** Bounds are no equalities: whatever is within them is left alone. */
  @Test
  void longRowsAreShortenedAndShortOnesAreNotLengthened() {
    double[] bounds = {1.25 / 4, Double.NaN, Double.NaN, 1, 5}; // of E, b, R, D and C
    try (Backend backend = TestBackends.reference();
        Drsae model = model(backend, 5)) {
      Dataset data = TestData.patterns(50, Shape.of(INPUTS));
      Map<String, Object> settings =
          Map.of("pretraining", 0, "epochs", 1, "held-out", 0, "rate", 1e-7);
      trainer(model, data, settings).train(); // five steps, the first of which begins at samples
      for (int p : new int[] {0, 3, 4}) {
        Tensor rows = model.parameters().get(p).value();
        float[] values = new float[(int) rows.size()];
        int width = rows.shape().rowSize();
        for (int row = 0; row < rows.shape().rows(); row++) {
          values[row * width] = (float) (bounds[p] * (row % 2 == 0 ? 0.5 : 3));
        }
        backend.memory().upload(values, 0, rows);
      }
      trainer(model, data, settings).train();
      for (int p : new int[] {0, 3, 4}) {
        double[][] rows = values(model, p);
        for (int row = 0; row < rows.length; row++) {
          assertThat(norm(rows[row])).isCloseTo(bounds[p] * (row % 2 == 0 ? 0.5 : 1), within(1e-5));
        }
      }
    }
  }

  private static void assertBounded(double[][] rows, double bound) {
    for (double[] row : rows) {
      assertThat(norm(row)).isPositive().isLessThanOrEqualTo(bound * (1 + 1e-5));
    }
  }

  @Test
  void iterationsAndScoresAreThoseOfTheEquations() {
    try (Backend backend = TestBackends.open("cpu", 2);
        Drsae model = model(backend, 4)) {
      Dataset data = TestData.patterns(30, Shape.of(INPUTS));
      trainer(model, data, Map.of("pretraining", 2, "epochs", 6, "held-out", 0)).train();
      float[] values = batch(0);
      PlainDrsae plain = plain(model);
      try (Tensor x = backend.memory().of(Shape.of(SAMPLES, INPUTS), values);
          Tensor scores = backend.memory().allocate(Shape.of(SAMPLES, CLASSES));
          Tensor code = backend.memory().allocate(Shape.of(SAMPLES, UNITS))) {
        float[] states = model.iterations(x);
        model.score(x, scores);
        model.encodePrepared(x, code);
        assertThat(backend.memory().download(code))
            .isEqualTo(Arrays.copyOfRange(states, 3 * SAMPLES * UNITS, 4 * SAMPLES * UNITS));
        double[][] sample = TestData.rows(values, INPUTS);
        double[][] scored = TestData.rows(backend.memory().download(scores), CLASSES);
        for (int n = 0; n < SAMPLES; n++) {
          double[][] z = plain.states(sample[n]);
          for (int t = 0; t < 4; t++) {
            for (int u = 0; u < UNITS; u++) {
              assertThat((double) states[(t * SAMPLES + n) * UNITS + u])
                  .isCloseTo(z[t + 1][u], within(1e-5));
            }
          }
          assertThat(scored[n]).containsExactly(plain.scores(sample[n]), within(1e-5));
        }
      }
    }
  }

  @Test
  void labelsThatAreNoClassesAreRefused() {
    float[] values = TestData.uniform("x", 12 * INPUTS);
    int[] labels = new int[12];
    labels[7] = CLASSES;
    Dataset data = MemoryDataset.of("many.arrow", Shape.of(INPUTS), values, labels);
    try (Backend backend = TestBackends.reference();
        Drsae model = model(backend, 2)) {
      assertThatThrownBy(() -> trainer(model, data, Map.of()).train())
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("many.arrow has labels up to 3")
          .hasMessageContaining("set classes to 4");
    }
  }

  @Test
  void dataWithoutLabelsServesTheFirstStageOnly() {
    Dataset data =
        MemoryDataset.of("bare.arrow", Shape.of(INPUTS), TestData.uniform("x", 12 * INPUTS));
    try (Backend backend = TestBackends.reference();
        Drsae model = model(backend, 2)) {
      assertThatThrownBy(() -> trainer(model, data, Map.of("pretraining", 3)).train())
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("bare.arrow has no labels, and drsae learns them after 3 epochs");
      assertThat(trainer(model, data, Map.of("pretraining", 3, "epochs", 3)).train().epochs())
          .isEqualTo(3);
    }
  }

  private static double sum(double[] row) {
    return Arrays.stream(row).sum();
  }

  private static double norm(double[] row) {
    return Math.sqrt(dot(row, row));
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
