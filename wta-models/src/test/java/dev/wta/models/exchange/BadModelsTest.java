package dev.wta.models.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.models.exchange.model.ImportedSae;
import dev.wta.models.exchange.pytorch.StateDictionaryWriter;
import dev.wta.models.io.TensorType;
import dev.wta.models.io.WrittenTensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models of formats without a tensor file of safetensors alone: each error names what is wrong. */
class BadModelsTest {
  private static final Path MODELS = Path.of("src/test/resources/oracles/models");
  private static final int INPUTS = 2;
  private static final int LATENTS = 3;

  @TempDir Path directory;

  private final Map<String, float[]> tensors = new LinkedHashMap<>();
  private final Map<String, Shape> shapes = new LinkedHashMap<>();

  private void put(String name, int... extents) {
    shapes.put(name, Shape.of(extents));
    float[] values = new float[(int) Shape.of(extents).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i + 1;
    }
    tensors.put(name, values);
  }

  private void putTopK() {
    put("encoder.weight", LATENTS, INPUTS);
    put("encoder.bias", LATENTS);
    put("decoder.weight", INPUTS, LATENTS);
    put("b_dec", INPUTS);
    put("k");
    tensors.put("k", new float[] {2});
  }

  private Path dictionary(String dictClass) throws IOException {
    Files.writeString(
        directory.resolve("config.json"),
        "{\"trainer\": {\"dict_class\": \"%s\", \"k\": 2}}".formatted(dictClass));
    Map<String, WrittenTensor> written = new LinkedHashMap<>();
    tensors.forEach(
        (name, values) ->
            written.put(
                name, WrittenTensor.of(TensorType.F32, values, shapes.get(name).extents())));
    StateDictionaryWriter writer = new StateDictionaryWriter(written);
    try (OutputStream out = Files.newOutputStream(directory.resolve("ae.pt"))) {
      writer.writeTo(out);
    }
    return directory;
  }

  private void refused(String dictClass, String message) throws IOException {
    Path model = dictionary(dictClass);
    assertThatThrownBy(() -> SaeFormat.recognise(model).read(model))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aDictionaryWithoutAThresholdIsAnOlderOne() throws IOException {
    putTopK();
    ImportedSae sae = SaeFormat.DICTIONARY_LEARNING.read(dictionary("AutoEncoderTopK"));
    assertThat(sae.family()).isEqualTo("topk");
    assertThat(sae.latents()).isEqualTo(LATENTS);
    assertThat(sae.parameters().get("decoder.weight")).containsExactly(1, 4, 2, 5, 3, 6);
  }

  @Test
  void aDictionaryThatSubtractsNothingIsFolded() throws IOException {
    putTopK();
    tensors.remove("k");
    tensors.put("decoder.bias", tensors.remove("b_dec"));
    shapes.put("decoder.bias", Shape.of(INPUTS));
    ImportedSae sae = SaeFormat.DICTIONARY_LEARNING.read(dictionary("AutoEncoderNew"));
    assertThat(sae.family()).isEqualTo("standard");
    // b + W c, with W of rows 1 2, 3 4, 5 6 and c = 1 2
    assertThat(sae.parameters().get("encoder.bias")).containsExactly(1 + 5, 2 + 11, 3 + 17);
    assertThat(sae.settings()).containsEntry("decoder-rows", "free");
  }

  @Test
  void aWrongDictionaryIsRefused() throws IOException {
    putTopK();
    refused("IdentityDict", "the class 'IdentityDict', which no family here has");
    refused("AutoEncoder", "no tensor 'bias'");
    tensors.put("k", new float[] {5});
    refused("AutoEncoderTopK", "'k' in " + directory.resolve("config.json"));
    tensors.put("k", new float[] {2});
    put("more", 4);
    refused("AutoEncoderTopK", "has the tensors more, which no AutoEncoderTopK has");
    tensors.remove("more");
    put("decoder.weight", LATENTS, INPUTS);
    refused("AutoEncoderTopK", "'decoder.weight'");
    put("encoder.weight", LATENTS * INPUTS);
    refused("AutoEncoderTopK", "has to have 2 axes");
    putTopK();
    tensors.get("b_dec")[1] = Float.NaN;
    refused("AutoEncoderTopK", "'b_dec' in %s holds NaN".formatted(directory.resolve("ae.pt")));
    tensors.remove("b_dec");
    refused("AutoEncoderTopK", "no tensor 'b_dec'");
    refused("BatchTopKSAE", "no tensor 'b_dec'");
  }

  @Test
  void keysOfOpenAisOwnSavingAreNoHindrance() {
    Path file = MODELS.resolve("openai-topk/with-activation-k.pt");
    ImportedSae sae = SaeFormat.recognise(file).read(file);
    assertThat(sae.family()).isEqualTo("topk");
    assertThat(sae.settings()).containsEntry("k", 8);
    assertThat(sae.notes()).anyMatch(note -> note.contains("layer norm is pre-processing here"));
  }

  @Test
  void aModelWithoutAnActivationIsNoneOfOpenAi() throws IOException {
    putTopK();
    dictionary("AutoEncoderTopK");
    Path file = directory.resolve("ae.pt");
    assertThatThrownBy(() -> SaeFormat.OPENAI.read(file))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("has the activation 'none', which no family here has");
    assertThatThrownBy(() -> SaeFormat.recognise(file))
        .isInstanceOf(WtaException.class)
        .hasMessage(
            "%s is one file of a model of dictionary_learning; give its folder, with config.json:"
                + " %s",
            file, directory);
  }

  @ParameterizedTest
  @CsvSource({
    "gemma-scope-2b-pt-res/layer_12/width_16k/average_l0_22, jumprelu, 1",
    "gemma-scope-2b-pt-transcoders/layer_12/width_16k/average_l0_22, jumprelu-transcoder, 1",
    "gemma-scope-2b-pt-res/embedding/width_4k/average_l0_6, jumprelu, 2",
  })
  void foldersOfGemmaScopeSayWhatItIs(String folders, String family, int notes) throws IOException {
    Path folder = Files.createDirectories(directory.resolve(folders));
    Files.copy(MODELS.resolve("gemma-scope-1/params.npz"), folder.resolve("params.npz"));
    ImportedSae plain = SaeFormat.GEMMA_SCOPE_1.read(MODELS.resolve("gemma-scope-1"));
    ImportedSae sae = SaeFormat.recognise(folder).read(folder);
    assertThat(sae.family()).isEqualTo(family);
    assertThat(sae.notes()).hasSize(notes);
    boolean embedding = folders.contains("embedding");
    float[] weights = plain.parameters().get("encoder.weight");
    float[] scaled = sae.parameters().get("encoder.weight");
    for (int i = 0; i < weights.length; i++) {
      float expected = embedding ? (float) (weights[i] * (1 / Math.sqrt(32))) : weights[i];
      assertThat(scaled[i]).isEqualTo(expected);
    }
  }

  @Test
  void aDamagedArchiveOfArraysIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(MODELS.resolve("gemma-scope-1/params.npz"));
    Path file = directory.resolve("params.npz");
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    refusedArrays(file, "is no ZIP archive, or cut short");
    Map<String, byte[]> arrays = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(MODELS.resolve("gemma-scope-1/params.npz").toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        arrays.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
      }
    }
    byte[] threshold = arrays.remove("threshold.npy");
    refusedArrays(zipped(file, arrays), "no tensor 'threshold'");
    arrays.put("threshold.npy", Arrays.copyOf(threshold, threshold.length - 4));
    refusedArrays(zipped(file, arrays), "'threshold' in %s has".formatted(file));
    arrays.put("threshold.npy", new byte[20]);
    refusedArrays(zipped(file, arrays), "is no NumPy array");
    byte[] infinite = threshold.clone();
    infinite[infinite.length - 1] = 0x7f;
    infinite[infinite.length - 2] = (byte) 0x80;
    infinite[infinite.length - 3] = 0;
    infinite[infinite.length - 4] = 0;
    arrays.put("threshold.npy", infinite);
    refusedArrays(zipped(file, arrays), "holds Infinity");
    arrays.put("threshold.npy", threshold);
    assertThat(SaeFormat.recognise(zipped(file, arrays)).read(file).latents()).isEqualTo(96);
  }

  private static void refusedArrays(Path file, String message) {
    assertThatThrownBy(() -> SaeFormat.GEMMA_SCOPE_1.read(file))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining(message);
  }

  /** Compressed, as numpy.savez_compressed writes. */
  private static Path zipped(Path file, Map<String, byte[]> entries) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return file;
  }

  @Test
  void anotherArchitectureIsNoGemmaScope() throws IOException {
    try (Stream<Path> files = Files.list(MODELS.resolve("gemma-scope-2"))) {
      for (Path file : files.toList()) {
        Files.copy(file, directory.resolve(file.getFileName()));
      }
    }
    Path config = directory.resolve("config.json");
    Files.writeString(config, Files.readString(config).replace("jump_relu", "relu"));
    assertThatThrownBy(() -> SaeFormat.recognise(directory).read(directory))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("the architecture 'relu', which no Gemma Scope has");
  }
}
