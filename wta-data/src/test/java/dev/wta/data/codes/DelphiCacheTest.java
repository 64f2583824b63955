package dev.wta.data.codes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.SparseCodes;
import dev.wta.data.Cases;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.data.arrow.DatasetFile;
import dev.wta.data.arrow.ReadOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DelphiCacheTest {
  private static final int FEATURES = 7;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  /** 200 sequences of 3 positions, and a token for each. */
  private static TokenSequences texts() {
    Path file = Cases.path("activations-lz4.feather");
    ReadOptions column = ReadOptions.DEFAULTS.column("blocks.0.hook_mlp_out");
    try (Dataset data = DatasetFile.open(file, column)) {
      return TokenSequences.of(data, DatasetFile.integers(file, "token_ids"), OptionalInt.empty());
    }
  }

  private static float[] codes(int samples) {
    Random random = new Random(1);
    float[] codes = new float[samples * FEATURES];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = random.nextInt(3) == 0 ? random.nextFloat() : 0;
    }
    codes[1] = 1e-6f; // which Delphi leaves out
    return codes;
  }

  private static void write(Path folder, TokenSequences texts, float[] codes, int files) {
    try (DelphiCache cache =
        DelphiCache.create(folder, FEATURES, texts, files, Map.of("model_name", "gpt2"))) {
      int half = texts.tokens().length / 2;
      cache.append(SparseCodes.ofDense(FEATURES, Arrays.copyOf(codes, half * FEATURES)));
      float[] rest = Arrays.copyOfRange(codes, half * FEATURES, codes.length);
      cache.append(rest, null, texts.tokens().length - half);
      cache.commit();
    }
  }

  /** A tensor's type and shape, and its numbers. */
  private static ByteBuffer tensor(Path file, String name, String type, long... shape)
      throws IOException {
    ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) all.getLong();
    JsonNode tensor =
        JSON.readTree(new String(all.array(), 8, length, StandardCharsets.UTF_8)).get(name);
    assertThat(tensor.get("dtype").asText()).isEqualTo(type);
    assertThat(JSON.convertValue(tensor.get("shape"), long[].class)).isEqualTo(shape);
    int from = tensor.get("data_offsets").get(0).asInt();
    int to = tensor.get("data_offsets").get(1).asInt();
    return all.slice(8 + length + from, to - from).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void holdsWhatDelphiReads() throws IOException {
    TokenSequences texts = texts();
    assertThat(texts.context()).isEqualTo(3);
    assertThat(texts.sequences()).isEqualTo(200);
    float[] codes = codes(600);
    Path module = folder.resolve("latents/layers.5");
    write(module, texts, codes, 2);

    float[] read = new float[codes.length];
    int[][] ranges = {{0, 2}, {3, 6}}; // as torch.linspace(0, 7, 3).long() has them
    for (int[] range : ranges) {
      Path file = module.resolve("%d_%d.safetensors".formatted(range[0], range[1]));
      long active = 0;
      for (int i = 0; i < codes.length; i++) {
        int latent = i % FEATURES;
        active += latent >= range[0] && latent <= range[1] && codes[i] > 1e-5f ? 1 : 0;
      }
      ByteBuffer places = tensor(file, "locations", "U16", active, 3);
      ByteBuffer values = tensor(file, "activations", "F32", active);
      while (values.hasRemaining()) {
        int sample = places.getShort() * 3 + places.getShort();
        read[sample * FEATURES + range[0] + places.getShort()] = values.getFloat();
      }
      ByteBuffer tokens = tensor(file, "tokens", "I64", 200, 3);
      for (int token : texts.tokens()) {
        assertThat(tokens.getLong()).isEqualTo(token);
      }
    }
    codes[1] = 0;
    assertThat(read).containsExactly(codes);
    JsonNode config = JSON.readTree(module.resolve("config.json").toFile());
    assertThat(config.get("model_name").asText()).isEqualTo("gpt2");
    assertThat(config.get("cache_ctx_len").asInt()).isEqualTo(3);
    assertThat(config.get("n_splits").asInt()).isEqualTo(2);
    try (var files = Files.list(module)) {
      assertThat(files).hasSize(3); // nothing temporary
    }
  }

  @Test
  void numbersBeyondSixteenBitsAreWider() throws IOException {
    int sequences = 66_000;
    float[] codes = new float[sequences * FEATURES];
    codes[codes.length - 1] = 2;
    write(folder.resolve("m"), new TokenSequences(new int[sequences], 1), codes, 1);
    ByteBuffer places = tensor(folder.resolve("m/0_6.safetensors"), "locations", "U32", 1, 3);
    assertThat(new int[] {places.getInt(), places.getInt(), places.getInt()})
        .containsExactly(sequences - 1, 0, 6);
  }

  @Test
  void sequencesHaveOneLength() {
    Path ragged = Cases.path("ragged.feather");
    try (Dataset data = DatasetFile.open(ragged, ReadOptions.DEFAULTS.column("acts"))) {
      assertThatThrownBy(() -> TokenSequences.of(data, new int[5], OptionalInt.empty()))
          .hasMessageContaining("sequences of 2 and 3 positions");
      assertThatThrownBy(() -> TokenSequences.of(data, new int[4], OptionalInt.empty()))
          .hasMessageContaining("5 samples, and 4 tokens");
      assertThatThrownBy(() -> TokenSequences.of(data, new int[5], OptionalInt.of(2)))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("5 tokens are no sequences of 2");
    }
    Dataset flat = MemoryDataset.of("flat", Shape.of(1), new float[4]);
    assertThatThrownBy(() -> TokenSequences.of(flat, new int[4], OptionalInt.empty()))
        .hasMessageContaining("does not say where its sequences end");
    assertThat(TokenSequences.of(flat, new int[4], OptionalInt.of(2)).sequences()).isEqualTo(2);
  }

  @Test
  void whatIsThereIsNotReplaced() throws IOException {
    Files.writeString(folder.resolve("notes.txt"), "mine");
    TokenSequences texts = new TokenSequences(new int[2], 1);
    assertThatThrownBy(() -> DelphiCache.create(folder, FEATURES, texts, 1, Map.of()))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("holds files already");
    Path module = folder.resolve("m");
    try (DelphiCache cache = DelphiCache.create(module, FEATURES, texts, 1, Map.of())) {
      assertThatThrownBy(cache::commit).hasMessageContaining("0 samples for 2 tokens");
    }
    assertThat(module).doesNotExist();
  }
}
