package dev.wta.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.SparseCode;
import dev.wta.api.tensor.SparseCodes;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.fc.FcWta;
import dev.wta.models.layer.Code;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.sae.TopKSae;
import dev.wta.models.sae.TranscoderSettings;
import dev.wta.models.settings.SettingsRecord;
import dev.wta.models.training.Trainer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An encoder answers as its model does, and says what is wrong with wrong uses. */
class EncoderTest {
  private static final Shape WIDE = Shape.of(100);

  private static Model sae(Backend backend) {
    return TopKSae.Settings.DEFAULTS.hidden(600).k(16).on(WIDE, backend, Seed.of(1));
  }

  static float[][] rows(Dataset data) {
    int width = Math.toIntExact(data.sampleShape().size());
    float[][] rows = new float[data.size()][width];
    for (int i = 0; i < rows.length; i++) {
      data.read(i, 1, rows[i], 0);
    }
    return rows;
  }

  private static float[] flat(float[][] rows) {
    float[] flat = new float[rows.length * rows[0].length];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, flat, i * rows[0].length, rows[0].length);
    }
    return flat;
  }

  /** With 0 for -0: a sparse code does not tell them apart. */
  static float[] positiveZeros(float[] values) {
    float[] positive = values.clone();
    for (int i = 0; i < positive.length; i++) {
      positive[i] += 0f;
    }
    return positive;
  }

  static Stream<ModelFamily> families() {
    return ModelFamilies.all().stream()
        .filter(family -> !List.of("my-k-sparse", "lifetime-sae").contains(family.name()));
  }

  /** Layers so wide that small batches and large ones would take different kernels. */
  private static FeatureExtractor wide(ModelFamily family, Backend backend) {
    Map<String, Object> settings =
        switch (family.name()) {
          case "conv-wta" -> Map.of("layers", "32conv5-32conv5-32deconv7", "pool", "5/3");
          case "stacked" ->
              Map.of(
                  "layers",
                  List.of(
                      Map.of("model", "fc-wta", "hidden", 300),
                      Map.of("model", "topk", "hidden", 600, "k", 9)));
          default -> new HashMap<>(Map.of("hidden", 600));
        };
    if (family.transcodes()) {
      settings.putAll(TranscoderSettings.outputs(Shape.of(30)));
    }
    Shape sample = family.name().equals("conv-wta") ? Shape.of(3, 16, 16) : WIDE;
    return family.create(family.settings().parse(settings), sample, backend, Seed.of(1));
  }

  @ParameterizedTest
  @MethodSource("families")
  void aSampleHasTheSameBitsAloneAndInAnyBatch(ModelFamily family) {
    try (Backend backend = TestBackends.open("cpu", 2);
        FeatureExtractor model = wide(family, backend);
        Encoder encoder = Encoder.of(model)) {
      Dataset data = TestData.samples(40, model.sampleShape());
      float[][] samples = rows(data);
      float[][] together = encoder.encode(samples);
      assertThat(encoder.encode(data)).isDeepEqualTo(together);
      for (int size : new int[] {1, 3, 17}) {
        assertThat(encoder.encode(Arrays.copyOf(samples, size)))
            .isDeepEqualTo(Arrays.copyOf(together, size));
      }
      assertThat(encoder.encode(samples[7])).isEqualTo(together[7]);
      try (Features features = model.encode(data)) {
        assertThat(flat(together))
            .as("what the model itself answers")
            .isEqualTo(backend.memory().download(features.values()));
      }
    }
  }

  /** Products so deep that they are added up in several runs. */
  @Test
  void deepProductsDoNotDependOnTheBatchEither() {
    try (Backend backend = TestBackends.open("cpu", 2);
        FcWta model =
            FcWta.Settings.DEFAULTS
                .hidden(2100)
                .lifetime(0.1)
                .on(Shape.of(3100), backend, Seed.of(1));
        Encoder encoder = Encoder.of(model)) {
      float[][] samples = rows(TestData.vectors(20, 3100));
      float[][] together = encoder.encode(samples);
      assertThat(encoder.encode(samples[19])).isEqualTo(together[19]);
      assertThat(encoder.encode(Arrays.copyOf(samples, 2)))
          .isDeepEqualTo(Arrays.copyOf(together, 2));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void everyKindOfRequestAgrees(String name) {
    try (Backend backend = TestBackends.open(name, 2);
        Model model = sae(backend);
        Encoder encoder = Encoder.of(model)) {
      Dataset data = TestData.samples(9, WIDE);
      float[][] samples = rows(data);
      float[][] codes = encoder.encode(samples);
      SparseCodes sparse = encoder.encodeSparse(samples);
      assertThat(encoder.encodeSparse(data)).isEqualTo(sparse);
      assertThat(sparse.rows()).isEqualTo(9);
      assertThat(sparse.features()).isEqualTo(encoder.features()).isEqualTo(600);
      for (int i = 0; i < 9; i++) {
        assertThat(sparse.row(i).toDense()).isEqualTo(positiveZeros(codes[i]));
        assertThat(encoder.encodeSparse(samples[i])).isEqualTo(sparse.row(i));
        assertThat(sparse.row(i).size()).isBetween(1, 16);
      }
      MemorySegment in = MemorySegment.ofArray(flat(samples));
      MemorySegment out = MemorySegment.ofArray(new byte[9 * 600 * Float.BYTES]);
      encoder.encode(in, out);
      assertThat(out.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED)).isEqualTo(flat(codes));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void reconstructionsAreTheModelsAndDecodedCodes(String name) {
    float[][] samples = rows(TestData.samples(5, WIDE));
    try (Backend backend = TestBackends.open(name, 1);
        Model model = sae(backend);
        Encoder encoder = Encoder.of(model);
        Tensor batch = backend.memory().of(WIDE.batch(5), flat(samples));
        Tensor made = backend.memory().allocate(WIDE.batch(5))) {
      model.reconstruct(batch, made);
      float[] expected = backend.memory().download(made);
      assertThat(flat(encoder.reconstruct(samples))).containsExactly(expected, within(1e-5f));
      assertThat(flat(encoder.decode(encoder.encodeSparse(samples))))
          .containsExactly(expected, within(1e-5f));
      float[] last = Arrays.copyOfRange(expected, 400, 500);
      assertThat(encoder.reconstruct(samples[4])).containsExactly(last, within(1e-5f));
      assertThat(encoder.decode(encoder.encode(samples[4]))).containsExactly(last, within(1e-5f));
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void everyFamilyDecodesItsFeaturesOrSaysWhyNot(ModelFamily family) {
    try (Backend backend = TestBackends.open("cpu", 1);
        FeatureExtractor model = wide(family, backend);
        Encoder encoder = Encoder.of(model)) {
      float[] code = new float[encoder.features()];
      if (family.trainsByLayer() || family.name().equals("conv-wta")) {
        assertThatThrownBy(() -> encoder.decode(code))
            .isInstanceOf(WtaException.class)
            .hasMessageContaining("pool");
        return;
      }
      float[] of0 = encoder.decode(code);
      Arrays.fill(code, 1);
      assertThat(encoder.decode(code)).hasSize(encoder.outputs()).doesNotContain(Float.NaN);
      if (!family.name().equals("drsae")) { // whose first weights nearly add up to nothing
        assertThat(encoder.decode(code)).isNotEqualTo(of0);
      }
    }
  }

  @Test
  void samplesGoThroughThePreprocessingOfTheTraining(@TempDir Path run) {
    Dataset data = TestData.samples(30, Shape.of(12));
    try (Backend backend = TestBackends.open("cpu", 2);
        FcWta model =
            FcWta.Settings.DEFAULTS.hidden(9).lifetime(0.3).on(Shape.of(12), backend, Seed.of(1))) {
      Preprocessing fitted = Preprocessing.fit(List.of("standardise", "zca(0.1)"), data);
      Trainer.of(model).data(data).preprocessing(fitted).batch(10).epochs(1).to(run).train();
      float[][] samples = rows(data);
      float[] before = samples[3].clone();
      try (Encoder trained = Encoder.of(model);
          Encoder opened = RunDirectory.open(run).encoder(backend);
          Features features = model.encode(data)) {
        assertThat(flat(opened.encode(samples)))
            .isEqualTo(backend.memory().download(features.values()));
        assertThat(trained.encode(samples)).isDeepEqualTo(opened.encode(samples));
        assertThat(samples[3]).as("left as it was").isEqualTo(before);
      }
    }
  }

  @Test
  void trainingOrClosingTheModelDoesNotChangeIt() {
    try (Backend backend = TestBackends.open("cpu", 2)) {
      Dataset data = TestData.samples(40, WIDE);
      try (Model model = sae(backend);
          Encoder encoder = Encoder.of(model)) {
        float[][] before = encoder.encode(rows(data));
        Trainer.of(model).data(data).batch(10).epochs(1).train();
        assertThat(encoder.encode(rows(data))).isDeepEqualTo(before);
        Runnable closing = model::close;
        closing.run();
        assertThat(encoder.encode(rows(data))).isDeepEqualTo(before);
      }
    }
  }

  @Test
  void wrongSamplesAreRefusedInWords() {
    try (Backend backend = TestBackends.open("cpu", 1);
        Model model = sae(backend);
        Encoder encoder = Encoder.of(model)) {
      assertThatThrownBy(() -> encoder.encode(new float[99]))
          .isInstanceOf(WtaException.class)
          .hasMessage(
              "the sample has 99 numbers, and the model takes 100; give all numbers of shape 100,"
                  + " row by row");
      assertThatNullPointerException()
          .isThrownBy(() -> encoder.encode((float[]) null))
          .withMessage("the sample is null: give 100 numbers");
      assertThatNullPointerException()
          .isThrownBy(() -> encoder.encode(new float[][] {new float[100], null}))
          .withMessage("sample 1 is null: give 100 numbers");
      assertThatNullPointerException()
          .isThrownBy(() -> encoder.encodeSparse((Dataset) null))
          .withMessage("the data set is null: give one, of the model's samples");
      assertThatNullPointerException()
          .isThrownBy(() -> encoder.encode(null, MemorySegment.NULL))
          .withMessage("the samples are null: give their memory");
      assertThatNullPointerException()
          .isThrownBy(() -> encoder.decode((SparseCode) null))
          .withMessage("the code is null: give 600 features");
      assertThatNullPointerException()
          .isThrownBy(() -> encoder.decode((SparseCodes) null))
          .withMessage("the codes are null: give those of encodeSparse");
      assertThatNullPointerException()
          .isThrownBy(() -> Encoder.of(null))
          .withMessage("the model is null: give a trained one");
      float[] broken = new float[100];
      broken[7] = Float.NaN;
      assertThatThrownBy(() -> encoder.encodeSparse(broken))
          .hasMessage("row 0, column 7 of the samples is NaN; replace it, or drop the row");
      assertThatThrownBy(() -> encoder.reconstruct(new float[][] {new float[100], broken}))
          .hasMessageContaining("row 1, column 7");
      assertThatThrownBy(() -> encoder.encode(TestData.vectors(3, 99)))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("the model takes 100");
      float[] nan = new float[99 * 2];
      nan[100] = Float.NaN;
      assertThatThrownBy(
              () ->
                  encoder.encode(
                      MemoryDataset.of(
                          "broken", WIDE, Arrays.copyOf(nan, 200), TestData.labels(2))))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("row 1");
      assertThatThrownBy(() -> encoder.decode(new float[100]))
          .hasMessageContaining("the code has 100 numbers, and the model takes 600");
      assertThatThrownBy(() -> encoder.decode(SparseCode.ofDense(1, 0, 2)))
          .hasMessageContaining("the model takes 600");
      MemorySegment bytes = MemorySegment.ofArray(new byte[401]);
      assertThatThrownBy(() -> encoder.encode(bytes, bytes))
          .hasMessageContaining("give segments of n * 400 and n * 2,400 bytes");
      assertThat(encoder.encode(new float[0][])).isEmpty();
      assertThat(encoder.encodeSparse(new float[0][]).rows()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void afterClosingItSaysSo(String name) {
    try (Backend backend = TestBackends.open(name, 1);
        Model model = sae(backend)) {
      Encoder encoder = Encoder.of(model);
      encoder.close();
      encoder.close();
      assertThatThrownBy(() -> encoder.encode(new float[100]))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "the encoder is closed; close it after the last request, or open another one");
    }
  }

  @Test
  void allMemoryComesBack() {
    CountingMemory.CountedBackend counted =
        new CountingMemory.CountedBackend(TestBackends.reference());
    try (Backend backend = counted) {
      try (Model model = sae(backend);
          Encoder encoder = Encoder.of(model)) {
        for (int size = 1; size < 12; size++) {
          assertThat(encoder.encode(new float[size][100])).hasNumberOfRows(size);
        }
      }
      assertThat(counted.memory().open()).isZero();
    }
  }

  /** A model of one's own whose passes use the backend that it was made with. */
  private static final class OnItsOwnBackend extends Model {
    OnItsOwnBackend(SettingsRecord<?> settings, Backend backend) {
      super("fc-wta", settings, Shape.of(4), backend, Seed.of(1));
    }

    @Override
    protected StepOutput step(Tape tape, Variable x) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected Variable encode(Tape tape, Variable x) {
      backend().dense().affine(2, x.value(), 0, x.value());
      return x;
    }

    @Override
    protected Decoded reconstruct(Tape tape, Variable x) {
      return new Decoded(new Code.Dense(x), x);
    }

    @Override
    public int features() {
      return 4;
    }

    @Override
    public Tensor decoderFilters() {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void aPassOnTheModelsOwnBackendIsRefused() {
    try (Backend backend = TestBackends.open("cpu", 1);
        Encoder encoder = Encoder.owning(new OnItsOwnBackend(FcWta.Settings.DEFAULTS, backend))) {
      assertThatThrownBy(() -> encoder.encode(new float[4]))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("use tape.backend()");
      assertThatThrownBy(() -> encoder.decode(new float[4]))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("override decode(Tape, Variable)");
    }
  }
}
