package dev.wta.models.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.Features;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.TestBackends;
import dev.wta.models.exchange.model.ExportedSae;
import dev.wta.models.exchange.model.ExportedTensors;
import dev.wta.models.exchange.model.ImportedSae;
import dev.wta.models.exchange.model.SaeWeights;
import dev.wta.models.io.Safetensors;
import dev.wta.models.io.TensorType;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.sae.TranscoderSettings;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A trained run, exported and imported again, has the same codes of samples as they are. */
class ExportFormatTest {
  private static final int INPUTS = 12;
  private static final int OUTPUTS = 7;
  private static final int LATENTS = 20;
  private static final int SAMPLES = 64;
  private static final double TOLERANCE = 1e-5;

  @TempDir Path directory;

  private Backend backend;

  @BeforeEach
  void open() {
    backend = TestBackends.open("cpu", 1);
  }

  @AfterEach
  void close() {
    backend.close();
  }

  private Path trained(String name, Map<String, ?> settings, String... steps) {
    return trained(Shape.of(INPUTS), name, settings, steps);
  }

  private Path trained(Shape sample, String name, Map<String, ?> settings, String... steps) {
    ModelFamily family = ModelFamilies.named(name);
    Path run = directory.resolve("run");
    Map<String, Object> all = new HashMap<>(settings);
    int outputs = (int) all.getOrDefault("outputs", OUTPUTS);
    if (family.transcodes()) {
      all.putAll(TranscoderSettings.outputs(Shape.of(outputs)));
    }
    try (Dataset samples = samples(sample, 5);
        Dataset targets = samples(outputs, 6);
        Model model =
            (Model) family.create(family.settings().parse(all), sample, backend, Seed.of(3))) {
      Map<String, Object> training = new HashMap<>();
      training.put("preprocess", List.of(steps));
      training.put("batch", 16);
      training.put("epochs", 5);
      if (family.transcodes()) {
        training.put("target-preprocess", List.of(steps));
      }
      Trainer trainer =
          Trainer.of(model)
              .settings(TrainingSettings.of(family).parse(training))
              .data(samples)
              .to(run);
      if (family.transcodes()) {
        trainer.target(targets);
      }
      trainer.train();
    }
    return run;
  }

  /** Off the origin and of no unit's scale. */
  private static Dataset samples(int width, long seed) {
    return samples(Shape.of(width), seed);
  }

  private static Dataset samples(Shape sample, long seed) {
    int width = (int) sample.size();
    Random random = new Random(seed);
    float[] values = new float[SAMPLES * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (3 * random.nextGaussian() + i % width - 2);
    }
    return MemoryDataset.of("samples", sample, values);
  }

  private static Map<String, Object> settings(String family, String rows, Map<String, ?> more) {
    Map<String, Object> settings = new HashMap<>(more);
    settings.put("hidden", LATENTS);
    settings.put("decoder-rows", rows);
    if (family.contains("topk") || family.startsWith("matryoshka")) {
      settings.put("k", 4);
    }
    if (family.startsWith("matryoshka")) {
      settings.put("prefixes", 2);
    }
    if (family.equals("multi-k")) {
      settings.put("ks", "4,8");
    }
    return settings;
  }

  @ParameterizedTest
  @CsvSource({
    "standard, weighted, standard, b_enc",
    "topk, free, topk, b_enc",
    "topk, unit, topk, b_enc",
    "topk, weighted, topk, b_enc",
    "multi-k, unit, topk, b_enc",
    "batch-topk, weighted, jumprelu, b_enc threshold",
    "batch-topk, free, jumprelu, b_enc threshold",
    "matryoshka, weighted, jumprelu, b_enc threshold",
    "jumprelu, weighted, jumprelu, b_enc threshold",
    "gated, unit, gated, b_gate r_mag b_mag",
    "standard-transcoder, free, transcoder, b_enc",
    "batch-topk-transcoder, weighted, jumprelu_transcoder, b_enc threshold",
    "matryoshka-transcoder, unit, jumprelu_transcoder, b_enc threshold",
    "jumprelu-transcoder, weighted, jumprelu_transcoder, b_enc threshold",
  })
  void codesSurviveTheWayToSaeLensAndBack(
      String family, String rows, String architecture, String tensors) {
    Path run = trained(family, settings(family, rows, Map.of()), "center", "mean-norm");
    Path exported = export(ExportFormat.SAELENS, run, architecture);
    try (Safetensors file = Safetensors.open(exported.resolve("sae_weights.safetensors"))) {
      assertThat(file.names())
          .containsExactlyInAnyOrderElementsOf(
              List.of(("W_enc W_dec b_dec " + tensors).split(" ")));
      assertThat(file.shape("W_enc")).isEqualTo(Shape.of(INPUTS, LATENTS));
    }
    boolean products = family.equals("topk") && rows.equals("weighted");
    requireSame(run, exported, products ? divisor(run) : 0);
  }

  @ParameterizedTest
  @CsvSource({
    "standard-transcoder, skip_transcoder",
    "jumprelu-transcoder, jumprelu_skip_transcoder",
  })
  void aSkipConnectionSurvivesIt(String family, String architecture) {
    Map<String, Object> settings = settings(family, "free", Map.of("skip", true));
    Path run = trained(family, settings, "center", "mean-norm");
    requireSame(run, export(ExportFormat.SAELENS, run, architecture), 0);
  }

  @ParameterizedTest
  @CsvSource({
    "topk, unit, AutoEncoderTopK, topk, false",
    "topk, weighted, AutoEncoderTopK, topk, true",
    "multi-k, free, AutoEncoderTopK, topk, false",
    "batch-topk, free, BatchTopKSAE, batch-topk, false",
    "batch-topk, weighted, BatchTopKSAE, batch-topk, true",
    "matryoshka, weighted, MatryoshkaBatchTopKSAE, matryoshka, true",
    "jumprelu, weighted, JumpReluAutoEncoder, jumprelu, false",
    "gated, unit, GatedAutoEncoder, gated, false",
  })
  void codesSurviveTheWayToDictionaryLearningAndBack(
      String family, String rows, String dictClass, String back, boolean products) {
    Path run = trained(family, settings(family, rows, Map.of()), "center", "zca(0.05)");
    Path exported = export(ExportFormat.DICTIONARY_LEARNING, run, dictClass);
    assertThat(SaeFormat.recognise(exported).read(exported).family()).isEqualTo(back);
    requireSame(run, exported, products ? 1 : 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"weighted", "unit"})
  void rowsOfAnAutoEncoderThereHaveLength1(String rows) {
    Path run = trained("standard", settings("standard", rows, Map.of()), "center", "mean-norm");
    Path exported = export(ExportFormat.DICTIONARY_LEARNING, run, "AutoEncoder");
    requireSame(run, exported, divisor(run));
    float[] decoder =
        SaeFormat.recognise(exported).read(exported).parameters().get("decoder.weight");
    for (int latent = 0; latent < LATENTS; latent++) {
      assertThat(SaeWeights.length(decoder, latent, INPUTS)).isCloseTo(1, offset(1e-6));
    }
  }

  @ParameterizedTest
  @CsvSource({"topk, weighted, 1", "topk, free, 0", "multi-k, unit, 0"})
  void codesSurviveTheWayToSparsifyAndBack(String family, String rows, float unit) {
    Path run = trained(family, settings(family, rows, Map.of()), "center", "mean-norm");
    requireSame(run, export(ExportFormat.SPARSIFY, run, "topk"), unit);
  }

  @Test
  void aTranscoderOfSparsifyMakesAsMuchAsItReads() {
    Map<String, Object> settings =
        settings("topk-transcoder", "free", Map.of("skip", true, "outputs", INPUTS));
    Path run = trained("topk-transcoder", settings, "center", "mean-norm");
    requireSame(run, export(ExportFormat.SPARSIFY, run, "topk"), 0);
  }

  @Test
  void aTranscoderOfAnotherWidthIsRefusedBySparsify() {
    Path run = trained("topk-transcoder", settings("topk-transcoder", "free", Map.of()));
    assertThatThrownBy(() -> export(ExportFormat.SPARSIFY, run, "topk"))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("makes 7 of 12");
  }

  @Test
  void sentenceTransformersHasTheCodesAndNoDecoder() {
    Path run = trained("topk", settings("topk", "free", Map.of()), "center", "mean-norm");
    Path exported = directory.resolve("exported");
    ExportedSae written =
        ExportFormat.SENTENCE_TRANSFORMERS.write(
            RunDirectory.open(run), backend, exported, TensorType.F32);
    assertThat(written.notes()).anyMatch(note -> note.startsWith("the decoder is not written"));
    requireSameCodes(run, exported, 0);
    Path back = directory.resolve("back");
    Path again = directory.resolve("again");
    ExportedSae tied =
        ExportFormat.SENTENCE_TRANSFORMERS.write(
            RunDirectory.open(back), backend, again, TensorType.F32);
    assertThat(tied.notes()).isEmpty(); // what it decodes by is the encoder
    for (String name : ExportFormat.SENTENCE_TRANSFORMERS.fileNames()) {
      assertThat(again.resolve(name)).hasSameBinaryContentAs(exported.resolve(name));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "topk, unit, false",
    "topk, weighted, true",
    "batch-topk, weighted, false",
    "gated, unit, false",
    "standard-transcoder, free, false",
    "matryoshka-transcoder, weighted, false",
  })
  void whiteningIsFoldedIntoTheWeights(String family, String rows, boolean byLengths) {
    boolean skip = family.equals("standard-transcoder");
    Map<String, Object> settings = settings(family, rows, skip ? Map.of("skip", true) : Map.of());
    Path run = trained(family, settings, "mean-norm", "zca(0.05)");
    Path exported = directory.resolve("exported");
    ExportedSae written =
        ExportFormat.SAELENS.write(RunDirectory.open(run), backend, exported, TensorType.F32);
    assertThat(written.notes().contains(ExportedSae.PRODUCTS)).isEqualTo(byLengths);
    requireSame(run, exported, byLengths ? 1 : 0);
  }

  @ParameterizedTest
  @CsvSource({"F16, float16, 0x1p-11", "BF16, bfloat16, 0x1p-8"})
  void numbersHaveTheRequestedType(TensorType type, String title, double rounding)
      throws IOException {
    Path run = trained("topk", settings("topk", "unit", Map.of()), "center", "mean-norm");
    Path whole = export(ExportFormat.SAELENS, run, "topk");
    Path rounded = directory.resolve("rounded");
    ExportFormat.SAELENS.write(RunDirectory.open(run), backend, rounded, type);
    assertThat(Files.readString(rounded.resolve("cfg.json"))).contains("\"dtype\":\"" + title);
    String file = "sae_weights.safetensors";
    try (Safetensors before = Safetensors.open(whole.resolve(file));
        Safetensors after = Safetensors.openForeign(rounded.resolve(file))) {
      for (String name : before.names()) {
        assertThat(after.type(name)).isEqualTo(type.name());
        float[] exact = before.values(name);
        float[] read = after.values(name);
        for (int i = 0; i < exact.length; i++) {
          assertThat((double) Math.abs(read[i] - exact[i]))
              .isLessThanOrEqualTo(rounding * Math.abs(exact[i]) + 0x1p-25);
        }
      }
    }
    assertThat(SaeFormat.recognise(rounded).read(rounded).latents()).isEqualTo(LATENTS);
  }

  @Test
  void aWeightBeyondTheTypeIsRefused() {
    ExportedTensors tensors = new ExportedTensors(TensorType.F16);
    tensors.put("b_dec", new float[] {65_504}, 1);
    assertThatThrownBy(() -> tensors.put("W_dec", new float[] {1, 65_520}, 2))
        .isInstanceOf(WtaException.class)
        .hasMessage("'W_dec' holds 65520.0, which no finite float16 is; export it as float32");
  }

  @ParameterizedTest
  @EnumSource
  void progressIsReportedFromTheFirstNumberToTheLast(ExportFormat format) {
    Path run = trained("topk", settings("topk", "unit", Map.of()), "scale");
    Path exported = directory.resolve("exported");
    Map<String, List<Long>> reported = new LinkedHashMap<>();
    Map<String, Long> totals = new LinkedHashMap<>();
    ProgressListener listener =
        (stage, done, total) -> {
          reported.computeIfAbsent(stage, _ -> new ArrayList<>()).add(done);
          assertThat(totals.computeIfAbsent(stage, _ -> total)).isEqualTo(total);
        };
    format.write(RunDirectory.open(run), backend, exported, TensorType.F32, listener);
    SaeFormat.recognise(exported)
        .read(exported, listener)
        .write(directory.resolve("back"), backend, listener);
    assertThat(reported.keySet()).contains("reading the run", "reading weights", "writing the run");
    assertThat(reported.keySet())
        .containsAll(format.fileNames().stream().map(name -> "writing " + name).toList());
    reported.forEach((stage, done) -> assertThat(done).as(stage).isSorted());
    for (String whole : List.of("reading the run", "writing the run")) {
      assertThat(reported.get(whole).getLast()).as(whole).isEqualTo(totals.get(whole));
    }
    long needed = (long) LATENTS * INPUTS + LATENTS + INPUTS; // tied; there may be others, too
    assertThat(reported.get("reading weights").getLast())
        .isBetween(needed, totals.get("reading weights"));
  }

  /** Of all but competitions of batches in SAELens, whose way back leads to another family. */
  @ParameterizedTest
  @CsvSource({
    "SAELENS, standard, free",
    "SAELENS, topk, free",
    "SAELENS, topk, unit",
    "SAELENS, multi-k, free",
    "SAELENS, jumprelu, free",
    "SAELENS, gated, unit",
    "SAELENS, standard-transcoder, free",
    "SAELENS, jumprelu-transcoder, free",
    "DICTIONARY_LEARNING, topk, free",
    "DICTIONARY_LEARNING, batch-topk, free",
    "DICTIONARY_LEARNING, matryoshka, free",
    "DICTIONARY_LEARNING, jumprelu, free",
    "DICTIONARY_LEARNING, gated, unit",
    "SPARSIFY, topk, free",
    "SPARSIFY, topk, unit",
    "SENTENCE_TRANSFORMERS, topk, free",
  })
  void whatWasImportedSurvivesTheWayThereAndBackToTheBit(
      ExportFormat format, String family, String rows) {
    Path run = trained(family, settings(family, rows, Map.of()), "center", "mean-norm");
    ImportedSae first = thereAndBack(format, run, "first");
    Path imported = directory.resolve("imported");
    first.write(imported, backend);
    ImportedSae second = thereAndBack(format, imported, "second");
    assertThat(second.family()).isEqualTo(first.family());
    assertThat(second.settings()).isEqualTo(first.settings());
    assertThat(second.parameters()).containsOnlyKeys(first.parameters().keySet());
    first
        .parameters()
        .forEach(
            (name, values) ->
                assertThat(second.parameters().get(name)).as(name).containsExactly(values));
  }

  private ImportedSae thereAndBack(ExportFormat format, Path run, String folder) {
    Path exported = directory.resolve(folder);
    format.write(RunDirectory.open(run), backend, exported, TensorType.F32);
    return SaeFormat.recognise(exported).read(exported);
  }

  private Path export(ExportFormat format, Path run, String architecture) {
    Path exported = directory.resolve("exported");
    assertThat(
            format.write(RunDirectory.open(run), backend, exported, TensorType.F32).architecture())
        .isEqualTo(architecture);
    return exported;
  }

  /**
   * The same codes and reconstructions.
   *
   * @param unit of the lengths of D's rows, where a tool's codes are products with them; 0
   *     elsewhere
   */
  private void requireSame(Path run, Path exported, float unit) {
    requireSameCodes(run, exported, unit);
    try (Dataset samples = samples(INPUTS, 5);
        Model before = RunDirectory.open(run).loadModel(backend);
        Model after = RunDirectory.open(directory.resolve("back")).loadModel(backend)) {
      float[] wanted = before.reconstruct(samples);
      float[] made = after.reconstruct(samples);
      double largest = 0;
      for (float value : wanted) {
        largest = Math.max(largest, Math.abs(value));
      }
      for (int i = 0; i < wanted.length; i++) {
        assertThat((double) made[i]).isCloseTo(wanted[i], offset(TOLERANCE * largest));
      }
    }
  }

  private void requireSameCodes(Path run, Path exported, float unit) {
    Path back = directory.resolve("back");
    SaeFormat.recognise(exported).read(exported).write(back, backend);
    try (Dataset samples = samples(INPUTS, 5);
        Model before = RunDirectory.open(run).loadModel(backend);
        Model after = RunDirectory.open(back).loadModel(backend);
        Features expected = before.encode(samples);
        Features found = after.encode(samples)) {
      float[] codes = backend.memory().download(expected.values());
      float[] again = backend.memory().download(found.values());
      float[] rows = backend.memory().download(before.decoderFilters());
      float largest = 0;
      for (int i = 0; i < codes.length; i++) {
        if (unit > 0) {
          codes[i] *= (float) (SaeWeights.length(rows, i % LATENTS, INPUTS) * unit);
        }
        largest = Math.max(largest, codes[i]);
      }
      assertThat(largest).isPositive();
      for (int i = 0; i < codes.length; i++) {
        assertThat(again[i] != 0).as("active at %d", i).isEqualTo(codes[i] != 0);
        assertThat((double) Math.abs(again[i] - codes[i])).isLessThanOrEqualTo(TOLERANCE * largest);
      }
    }
  }

  /** What the fitted steps divide a sample by: exported rows of D are longer by that. */
  private static float divisor(Path run) {
    Preprocessing fitted = RunDirectory.open(run).preprocessing();
    float[] zero = new float[INPUTS];
    float[] one = new float[INPUTS];
    Arrays.fill(one, 1);
    fitted.apply(zero, 1, Shape.of(INPUTS));
    fitted.apply(one, 1, Shape.of(INPUTS));
    return 1 / (one[0] - zero[0]);
  }

  @ParameterizedTest
  @CsvSource({"l2, l2", "standardise, standardise", "lcn(3), lcn"})
  void whatCannotBeFoldedIsRefusedByName(String step, String name) {
    Shape picture = Shape.of(1, 3, INPUTS / 3);
    Path run = trained(picture, "topk", Map.of("hidden", LATENTS, "k", 4), step);
    Path exported = directory.resolve("exported");
    assertThatThrownBy(
            () ->
                ExportFormat.SAELENS.write(
                    RunDirectory.open(run), backend, exported, TensorType.F32))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("the pre-processing '%s' cannot be folded into weights", name);
    assertThat(Files.exists(exported)).isFalse();
  }

  @Test
  void otherModelsAreRefusedByName() {
    Path run = trained("fc-wta", Map.of("hidden", "20"), "l2");
    assertThatThrownBy(
            () ->
                ExportFormat.SAELENS.write(
                    RunDirectory.open(run), backend, directory, TensorType.F32))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("holds a fc-wta, which SAELens has not");
  }
}
