package dev.wta.models.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.models.Features;
import dev.wta.models.Model;
import dev.wta.models.TestBackends;
import dev.wta.models.exchange.model.ImportedSae;
import dev.wta.models.io.Safetensors;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.training.Trainer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models of other tools encode here as the tools say, see {@code oracles/models/README.md}. */
class OtherToolsModelsTest {
  private static final Path MODELS = Path.of("src/test/resources/oracles/models");
  private static final int INPUTS = 32;
  private static final double TOLERANCE = 1e-5;

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "saelens-standard/plain, standard",
    "saelens-standard/no-b-dec-on-input, standard",
    "saelens-standard/expected-average, standard",
    "saelens-standard/layer-norm, standard",
    "saelens-standard/constant-norm, standard",
    "saelens-standard/hook-z, standard",
    "saelens-standard/bfloat16, standard",
    "saelens-standard/float16, standard",
    "saelens-topk/plain, topk",
    "saelens-topk/rescale, topk",
    "saelens-topk/few-positive, topk",
    "saelens-topk/checkpoint, topk",
    "saelens-topk/inference, topk",
    "saelens-batchtopk/checkpoint, batch-topk",
    "saelens-batchtopk/inference, jumprelu",
    "saelens-matryoshka/checkpoint, matryoshka",
    "saelens-jumprelu/plain, jumprelu",
    "saelens-jumprelu/no-b-dec-on-input, jumprelu",
    "saelens-jumprelu/threshold-not-positive, jumprelu",
    "saelens-jumprelu/old-log-threshold, jumprelu",
    "saelens-jumprelu/folded-decoder-norm, jumprelu",
    "saelens-gated/plain, gated",
    "saelens-gated/no-b-dec-on-input, gated",
    "saelens-gated/checkpoint, gated",
    "saelens-pre6/no-b-dec, standard",
    "saelens-pre6/relu-scaling-factor-of-ones, standard",
    "saelens-pre6/topk, topk",
    "sparsify/plain, topk",
    "sparsify/num-latents-0, topk",
    "sparsify/not-normalized, topk",
    "sparsify/bfloat16, topk",
    "saelens-transcoder/plain, standard-transcoder",
    "saelens-skip_transcoder/plain, standard-transcoder",
    "saelens-jumprelu_transcoder/plain, jumprelu-transcoder",
    "sparsify/transcode, topk-transcoder",
    "sparsify/skip-transcode, topk-transcoder",
    "dictionary_learning-standard, standard",
    "dictionary_learning-topk, topk",
    "dictionary_learning-batchtopk, batch-topk",
    "dictionary_learning-matryoshka, matryoshka",
    "dictionary_learning-jumprelu, jumprelu",
    "dictionary_learning-gated, gated",
    "gemma-scope-1, jumprelu",
    "gemma-scope-2, jumprelu",
    "openai-relu, standard",
    "openai-topk, topk",
    "llamascopium/relu, standard",
    "llamascopium/relu-token-wise, standard",
    "llamascopium/topk, topk",
    "llamascopium/topk-free, topk",
    "llamascopium/batchtopk, topk",
    "llamascopium/jumprelu, jumprelu",
    "llamascopium/jumprelu-free, jumprelu",
    "llamascopium/jumprelu-transcoder, jumprelu-transcoder",
  })
  void anImportedModelHasTheToolsCodes(String name, String family) {
    Path model = MODELS.resolve(name);
    Path run = directory.resolve("run");
    try (Backend backend = TestBackends.open("cpu", 1);
        Safetensors oracle = Safetensors.open(model.resolve("oracle.safetensors"))) {
      ImportedSae sae = SaeFormat.recognise(model).read(model);
      assertThat(sae.family()).isEqualTo(family);
      sae.write(run, backend);
      try (Model loaded = RunDirectory.open(run).loadModel(backend);
          Dataset samples = samples(oracle.values("input"));
          Features features = loaded.encode(samples)) {
        requireSame(backend.memory().download(features.values()), oracle.values("features"), true);
        if (loaded.preprocessing().orElseThrow().irreversible().isEmpty()) {
          requireSame(loaded.reconstruct(samples), oracle.values("reconstruction"), false);
        }
      }
    }
  }

  private static Dataset samples(float[] values) {
    return MemoryDataset.of("oracle", Shape.of(INPUTS), values);
  }

  /** The same active sets, and values within a part of the largest. */
  private static void requireSame(float[] found, float[] expected, boolean codes) {
    assertThat(found).hasSameSizeAs(expected);
    float largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(largest).isPositive();
    for (int i = 0; i < found.length; i++) {
      if (codes) {
        assertThat(found[i] != 0).as("active at %d", i).isEqualTo(expected[i] != 0);
      }
      assertThat((double) Math.abs(found[i] - expected[i]))
          .as("value at %d", i)
          .isLessThanOrEqualTo(TOLERANCE * largest);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "saelens-abstopk/plain, the architecture 'abstopk'",
    "saelens-matching_pursuit/plain, the architecture 'matching_pursuit'",
    "sparsify/groupmax, activation 'groupmax'",
  })
  void whatNoFamilyComputesIsRefusedByName(String name, String named) {
    Path model = MODELS.resolve(name);
    assertThatThrownBy(() -> SaeFormat.recognise(model).read(model))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining(named + ", which no family here has");
  }

  @Test
  void trainingContinuesFromAnImportedModel() {
    Path model = MODELS.resolve("saelens-topk/rescale");
    Path run = directory.resolve("run");
    try (Backend backend = TestBackends.open("cpu", 1);
        Safetensors oracle = Safetensors.open(model.resolve("oracle.safetensors"));
        Dataset samples = samples(oracle.values("input"))) {
      SaeFormat.recognise(model).read(model).write(run, backend);
      RunDirectory imported = RunDirectory.open(run);
      try (Model going = imported.loadModel(backend)) {
        Path second = directory.resolve("second");
        Trainer.of(going).from(imported).data(samples).batch(8).epochs(2).to(second).train();
        RunDirectory tuned = RunDirectory.open(second);
        assertThat(tuned.config().from().orElseThrow().optimizerSteps()).isZero();
        assertThat(tuned.state().orElseThrow().step()).isEqualTo(4);
        assertThat(tuned.config().model()).isEqualTo(imported.config().model());
      }
    }
  }

  @Test
  void aFolderOfModelsNamesThem() throws IOException {
    Files.writeString(directory.resolve("config.json"), "{}");
    for (String model : List.of("layers.3", "layers.4", "gemma/layer_12/width_16k")) {
      Path folder = Files.createDirectories(directory.resolve(model));
      Files.writeString(folder.resolve("cfg.json"), "{}");
      Files.writeString(folder.resolve("sae.safetensors"), "");
    }
    assertThatThrownBy(() -> SaeFormat.recognise(directory))
        .isInstanceOf(WtaException.class)
        .hasMessage(
            "%s is no model, but has some in it; give one: %s/gemma/layer_12/width_16k,"
                + " %s/layers.3, %s/layers.4",
            directory, directory, directory, directory);
  }

  @Test
  void aFolderOfSomethingElseSaysWhatItLacks() throws IOException {
    Files.writeString(directory.resolve("cfg.json"), "{}");
    Files.writeString(directory.resolve("sae_weights.pt"), "");
    assertThatThrownBy(() -> SaeFormat.recognise(directory))
        .hasMessageContaining("it has cfg.json, sae_weights.pt")
        .hasMessageContaining("for SAELens it lacks sae_weights.safetensors")
        .hasMessageContaining("for sparsify it lacks sae.safetensors");
    assertThatThrownBy(() -> SaeFormat.SPARSIFY.read(directory))
        .hasMessageContaining("no model of sparsify");
    assertThatThrownBy(() -> SaeFormat.recognise(directory.resolve("none")))
        .hasMessageContaining("there is no");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"d_in\": 32|\"d_in\": 31|'W_enc'",
        "\"d_in\": 32|\"d_in\": 32.5|'d_in'",
        "\"architecture\": \"standard\"|\"architecture\": \"jumprelu\"|no tensor 'threshold'",
        "\"architecture\": \"standard\"|\"architecture\": 3|'architecture'",
        "\"normalize_activations\": \"none\"|\"normalize_activations\":"
            + " \"covariance_whitening\"|covariance_whitening",
        "\"normalize_activations\": \"none\"|\"normalize_activations\":"
            + " \"expected_average_only_in\"|activation_scaler.json",
        "\"reshape_activations\": \"none\"|\"reshape_activations\": \"other\"|reshape_activations"
            + " 'other'",
        "{\"d_in\"|[{\"d_in\"|no JSON object",
      })
  void aWrongConfigurationIsRefused(String correct, String wrong, String message)
      throws IOException {
    requireRefused("saelens-standard/plain", "cfg.json", correct, wrong, message);
  }

  @Test
  void damagedWeightsAreRefused() throws IOException {
    Path model = copy("saelens-standard/plain");
    Path file = model.resolve("sae_weights.safetensors");
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, List.of());
    assertThatThrownBy(() -> SaeFormat.SAELENS.read(model)).isInstanceOf(WtaException.class);
    Files.write(file, Arrays.copyOf(whole, whole.length - 4));
    assertThatThrownBy(() -> SaeFormat.SAELENS.read(model))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("sae_weights.safetensors");
    ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).putFloat(whole.length - 4, Float.NaN);
    Files.write(file, whole);
    assertThatThrownBy(() -> SaeFormat.SAELENS.read(model)).hasMessageContaining("holds NaN");
  }

  @Test
  void aTensorThatTheArchitectureHasNotIsRefused() throws IOException {
    Path model = copy("saelens-jumprelu/plain");
    Path file = model.resolve("cfg.json");
    Files.writeString(file, Files.readString(file).replace("jumprelu", "standard"));
    assertThatThrownBy(() -> SaeFormat.SAELENS.read(model))
        .hasMessageContaining("has the tensors threshold, which no standard has");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"apply_b_dec_to_input\": false|\"apply_b_dec_to_input\": true|apply_b_dec_to_input of a"
            + " transcoder",
        "\"normalize_activations\": \"none\"|\"normalize_activations\": \"layer_norm\"|"
            + "normalize_activations 'layer_norm' beside a skip connection",
        "\"d_out\": 24|\"d_out\": 32|'W_dec'",
      })
  void aWrongTranscoderIsRefused(String correct, String wrong, String message) throws IOException {
    requireRefused("saelens-skip_transcoder/plain", "cfg.json", correct, wrong, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"sae_type\": \"sae\"|\"sae_type\": \"clt\"|sae_type 'clt', which no family here has",
        "\"act_fn\": \"jumprelu\"|\"act_fn\": \"layertopk\"|the activation 'layertopk'",
        "\"dataset-wise\"|\"batch-wise\"|norm_activation 'batch-wise'",
        "\"dataset-wise\"|\"token-wise\"|norm_activation 'token-wise' of a transcoder",
        "\"hook_point_out\": \"out\"|\"hook_point_out\": \"o\"|no tensor"
            + " 'dataset_average_activation_norm.o'",
        "\"use_glu_encoder\": false|\"use_glu_encoder\": true|gated linear units",
        "\"expansion_factor\": 2.0|\"expansion_factor\": 2.5|'W_E'",
        "\"expansion_factor\": 2.0|\"expansion_factor\": 0|'expansion_factor'",
        "\"use_decoder_bias\": true|\"use_decoder_bias\": false|has the tensors b_D",
        "\"act_fn\": \"jumprelu\"|\"act_fn\": \"relu\"|log_jumprelu_threshold",
      })
  void aWrongLlamascopiumIsRefused(String correct, String wrong, String message)
      throws IOException {
    requireRefused("llamascopium/jumprelu-transcoder", "config.json", correct, wrong, message);
  }

  @Test
  void prefixesThatDoNotHalveAreSaid() throws IOException {
    Path model = copy("saelens-matryoshka/checkpoint");
    Path file = model.resolve("cfg.json");
    Files.writeString(file, Files.readString(file).replace("[24, 48, 96]", "[10, 48, 96]"));
    ImportedSae sae = SaeFormat.SAELENS.read(model);
    assertThat(sae.family()).isEqualTo("batch-topk");
    assertThat(sae.notes()).anyMatch(note -> note.contains("[10, 48, 96] do not halve"));
    assertThat(sae.settings()).containsAllEntriesOf(Map.of("k", 8, "decoder-rows", "weighted"));
  }

  private void requireRefused(
      String name, String document, String correct, String wrong, String message)
      throws IOException {
    Path model = copy(name);
    Path file = model.resolve(document);
    String config = Files.readString(file);
    assertThat(config).contains(correct);
    Files.writeString(file, config.replace(correct, wrong));
    assertThatThrownBy(() -> SaeFormat.recognise(model).read(model))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining(message);
  }

  private Path copy(String name) throws IOException {
    Path copy = Files.createDirectory(directory.resolve("model"));
    try (Stream<Path> files = Files.list(MODELS.resolve(name))) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }
}
