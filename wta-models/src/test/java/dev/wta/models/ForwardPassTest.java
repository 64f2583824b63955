package dev.wta.models;

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
import dev.wta.models.fc.FcWta;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a pass over a data set shows of each batch. */
class ForwardPassTest {
  private static final Shape SAMPLE = Shape.of(12);
  private static final int SAMPLES = 25;

  private final Backend backend = TestBackends.reference();
  private final Dataset data = TestData.vectors(SAMPLES, 12);

  @AfterEach
  void close() {
    backend.close();
  }

  private FcWta model() {
    FcWta model = FcWta.Settings.DEFAULTS.hidden(8).lifetime(0.2).on(SAMPLE, backend, Seed.of(1));
    model.preprocessWith(Preprocessing.fit(List.of("center"), data));
    return model;
  }

  @Test
  void batchesAreThoseOfTheDataAsTheModelSeesThem() {
    try (FcWta model = model();
        ForwardPass pass = ForwardPass.of(model, data, 10)) {
      float[] expected = new float[SAMPLES * 12];
      data.read(0, SAMPLES, expected, 0);
      model.preprocessing().orElseThrow().apply(expected, SAMPLES, SAMPLE);
      int before = 0;
      for (int count : new int[] {10, 10, 5}) {
        assertThat(pass.next()).isTrue();
        assertThat(pass.count()).isEqualTo(count);
        assertThat(pass.done()).isEqualTo(before + count);
        assertThat(pass.rows()[count - 1]).isEqualTo(before + count - 1);
        float[] seen = Arrays.copyOfRange(expected, before * 12, (before + count) * 12);
        assertThat(Arrays.copyOf(pass.samples(), count * 12)).isEqualTo(seen);
        assertThat(backend.memory().download(pass.input())).isEqualTo(seen);
        assertThat(Arrays.copyOf(pass.codes(), count * 8)).isEqualTo(encoded(model, pass.input()));
        assertThat(Arrays.copyOf(pass.reconstructions().orElseThrow(), count * 12))
            .isEqualTo(reconstructed(model, pass.input()));
        before += count;
      }
      assertThat(pass.next()).isFalse();
    }
  }

  private float[] encoded(Model model, Tensor batch) {
    try (Tensor features = backend.memory().allocate(Shape.of(batch.shape().rows(), 8))) {
      model.encodePrepared(batch, features);
      return backend.memory().download(features);
    }
  }

  private float[] reconstructed(Model model, Tensor batch) {
    try (Tensor out = backend.memory().allocate(batch.shape())) {
      model.reconstruct(batch, out);
      return backend.memory().download(out);
    }
  }

  @Test
  void codesAreThoseThatWereEncodedWhereTheyWereWanted() {
    try (FcWta model = model();
        Tensor target = backend.memory().allocate(Shape.of(SAMPLES, 8));
        ForwardPass pass = ForwardPass.of(model, data)) {
      pass.next();
      pass.encode(target);
      assertThat(pass.codes()).isEqualTo(encoded(model, pass.input()));
      backend.memory().fill(target, 3);
      assertThat(pass.codes()).as("not encoded again").containsOnly(3);
    }
  }

  /** Of a lifetime competition: in a batch of ten each of the eight units keeps two. */
  @Test
  void whatIsDecodedIsCounted() {
    try (FcWta model = model();
        ForwardPass pass = ForwardPass.of(model, data, 10)) {
      pass.next();
      assertThatThrownBy(pass::decodedActive).isInstanceOf(IllegalStateException.class);
      pass.reconstructions();
      int features = 0;
      for (float feature : Arrays.copyOf(pass.codes(), 10 * 8)) {
        features += feature != 0 ? 1 : 0;
      }
      assertThat(pass.decodedActive()).isBetween(1.0, 16.0).isLessThan(features);
      pass.next();
      assertThatThrownBy(pass::decodedActive).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void reconstructionsInTheInputsUnitHaveThePreprocessingUndone() {
    try (FcWta model = model();
        ForwardPass pass = ForwardPass.of(model, data)) {
      pass.next();
      float[] whole = new float[SAMPLES * 12];
      data.read(0, SAMPLES, whole, 0);
      assertThat(pass.undone(pass.samples())).containsExactly(whole, within(1e-6f));
      float[] made = pass.reconstructions().orElseThrow().clone();
      float[] undone = pass.undone(made);
      assertThat(model.reconstruct(data)).isEqualTo(undone);
      model.preprocessing().orElseThrow().apply(undone, SAMPLES, SAMPLE);
      assertThat(undone).containsExactly(made, within(1e-6f));
      model.preprocessWith(Preprocessing.fit(List.of("center", "l2"), data));
      assertThatThrownBy(() -> model.reconstruct(data))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("the pre-processing 'l2' cannot be undone");
    }
  }

  @Test
  void aFinitePassNamesTheRowThatIsNot() {
    float[] values = new float[SAMPLES * 12];
    values[7 * 12 + 3] = Float.POSITIVE_INFINITY;
    try (FcWta model = model();
        Dataset odd = MemoryDataset.of("odd", SAMPLE, values);
        ForwardPass any = ForwardPass.of(model, odd);
        ForwardPass finite = ForwardPass.of(model, odd).finite()) {
      assertThat(any.next()).isTrue();
      assertThatThrownBy(finite::next)
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("odd holds a value that is not a finite number in row 7");
    }
  }

  @Test
  void aStackHasNoReconstructions() {
    ModelFamily family = ModelFamilies.named("stacked");
    Map<String, Object> layer = Map.of("model", "fc-wta", "hidden", 5);
    try (FeatureExtractor stack =
            family.create(
                family.settings().parse(Map.of("layers", List.of(layer))),
                SAMPLE,
                backend,
                Seed.of(1));
        ForwardPass pass = ForwardPass.of(stack, data)) {
      assertThat(pass.next()).isTrue();
      assertThat(pass.codes()).hasSize(SAMPLES * 5);
      assertThat(pass.reconstructions()).isEmpty();
    }
  }

  @Test
  void samplesOfAnotherShapeAreRefused() {
    try (FcWta model = model();
        Dataset other = TestData.vectors(SAMPLES, 11)) {
      assertThatThrownBy(() -> ForwardPass.of(model, other))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("has samples of shape");
    }
  }
}
