package dev.wta.data.codes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wta.api.WtaException;
import dev.wta.api.tensor.SparseCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SaeDashboardFilesTest {
  private static final int FEATURES = 5;
  private static final int SEQUENCES = 60;
  private static final int CONTEXT = 4;
  private static final int SAMPLES = SEQUENCES * CONTEXT;
  private static final int DEAD = 3;
  private static final int CONSTANT = 4;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private final float[] codes = new float[SAMPLES * FEATURES];
  private final int[] tokens = new int[SAMPLES];

  /** Feature 4 is 2 in three samples, 3 never active, 0 negative at times. */
  private List<JsonNode> written() throws IOException {
    Random random = new Random(1);
    for (int sample = 0; sample < SAMPLES; sample++) {
      tokens[sample] = random.nextInt(1000);
      for (int feature = 0; feature < DEAD; feature++) {
        codes[sample * FEATURES + feature] =
            random.nextInt(3) == 0 ? random.nextFloat() - (feature == 0 ? 0.2f : 0) : 0;
      }
      codes[sample * FEATURES + CONSTANT] = sample % 80 == 7 ? 2 : 0;
    }
    TokenSequences texts = new TokenSequences(tokens, CONTEXT);
    try (SaeDashboardFiles files =
        SaeDashboardFiles.create(folder, FEATURES, texts, 2, "acts", token -> "t" + token)) {
      int part = 100 * FEATURES;
      files.append(SparseCodes.ofDense(FEATURES, Arrays.copyOf(codes, part)));
      files.append(Arrays.copyOfRange(codes, part, codes.length), null, SAMPLES - 100);
      files.commit();
    }
    List<JsonNode> features = new ArrayList<>();
    for (int batch = 0; batch < 2; batch++) {
      JsonNode file = JSON.readTree(folder.resolve("batch-%d.json".formatted(batch)).toFile());
      file.get("features").forEach(features::add);
    }
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(2); // nothing temporary
    }
    return features;
  }

  @Test
  void aFileThatFailsLeavesNoneOfThem() {
    Path place = folder.resolve("dashboard");
    TokenSequences texts = new TokenSequences(new int[] {3, 4}, 1);
    IntFunction<String> words =
        token -> {
          if (token == 4) {
            throw new IllegalStateException("no token 4");
          }
          return "three";
        };
    try (SaeDashboardFiles files = SaeDashboardFiles.create(place, 2, texts, 2, "acts", words)) {
      files.append(
          new float[] {1, 0, 0, 1}, null, 2); // token 3 is in the first file, 4 in the second
      assertThatThrownBy(files::commit).hasMessageContaining("no token 4");
      assertThat(place.resolve("batch-0.json")).exists();
    }
    assertThat(place).doesNotExist();
  }

  private float value(int sample, int feature) {
    return Math.max(0, codes[sample * FEATURES + feature]);
  }

  @Test
  void countsActivations() throws IOException {
    List<JsonNode> features = written();
    assertThat(features).hasSize(FEATURES);
    for (int feature = 0; feature < FEATURES; feature++) {
      JsonNode found = features.get(feature);
      assertThat(found.get("feature_index").asInt()).isEqualTo(feature);
      assertThat(found.get("n_prompts_total").asInt()).isEqualTo(SEQUENCES);
      assertThat(found.get("n_tokens_in_prompt").asInt()).isEqualTo(CONTEXT);
      assertThat(found.get("dataset").asText()).isEqualTo("acts");
      int active = 0;
      float least = Float.POSITIVE_INFINITY;
      float most = 0;
      for (int sample = 0; sample < SAMPLES; sample++) {
        float value = value(sample, feature);
        if (value > 0) {
          active++;
          least = Math.min(least, value);
          most = Math.max(most, value);
        }
      }
      assertThat(found.get("frac_nonzero").asDouble()).isEqualTo((double) active / SAMPLES);
      double[] values = doubles(found.get("freq_hist_data_bar_values"));
      double[] heights = doubles(found.get("freq_hist_data_bar_heights"));
      assertThat(Arrays.stream(heights).sum()).isEqualTo(active);
      if (feature == DEAD) {
        assertThat(values).isEmpty();
        assertThat(found.get("activations")).isEmpty();
      } else {
        double half = (most - least) / 100;
        assertThat(values).hasSize(50).hasSameSizeAs(heights);
        assertThat(values[0]).isCloseTo(least + half, within(1e-6));
        assertThat(values[49]).isCloseTo(most - half, within(1e-6));
        double below = Math.nextDown((float) (least + 20 * 2 * half));
        long inside = 0;
        for (int sample = 0; sample < SAMPLES; sample++) {
          inside += value(sample, feature) > 0 && value(sample, feature) < below ? 1 : 0;
        }
        if (feature != CONSTANT) {
          assertThat(Arrays.stream(heights).limit(20).sum()).isEqualTo((double) inside);
        }
      }
    }
  }

  @Test
  void showsSequencesOfTheLargestAndOfEachFifth() throws IOException {
    List<JsonNode> features = written();
    for (int feature : new int[] {0, 1, 2, CONSTANT}) {
      int index = feature;
      List<Float> sorted = new ArrayList<>();
      for (int sample = 0; sample < SAMPLES; sample++) {
        sorted.add(value(sample, feature));
      }
      sorted.sort((a, b) -> Float.compare(b, a));
      List<Float> top = new ArrayList<>();
      JsonNode activations = features.get(feature).get("activations");
      double before = Double.POSITIVE_INFINITY;
      for (JsonNode activation : activations) {
        double low = activation.get("bin_min").asDouble();
        double high = activation.get("bin_max").asDouble();
        float[] values = JSON.convertValue(activation.get("values"), float[].class);
        float qualifying = values[activation.get("qualifying_token_index").asInt()];
        requireSequence(index, activation, values);
        if (low == -1) {
          top.add(qualifying);
          assertThat((float) high).isEqualTo(sorted.getFirst());
          assertThat(activation.get("bin_contains").asDouble()).isEqualTo(-1);
        } else {
          assertThat((double) qualifying).isBetween(low, high);
          assertThat(low).isLessThanOrEqualTo(before);
          before = low;
          assertThat(activation.get("bin_contains").asDouble())
              .isEqualTo(
                  (double) sorted.stream().filter(v -> v >= low && v <= high).count() / SAMPLES);
        }
      }
      long active = sorted.stream().filter(v -> v > 0).count();
      assertThat(top).isEqualTo(sorted.subList(0, (int) Math.min(20, active)));
      int shown = top.size();
      for (int fifth = 0; fifth < 5; fifth++) {
        double low = (double) sorted.getFirst() * fifth / 5;
        double high = (double) sorted.getFirst() * (fifth + 1) / 5;
        shown +=
            (int) Math.min(5, sorted.stream().filter(v -> v > 0 && v >= low && v <= high).count());
      }
      assertThat(activations).hasSize(shown);
    }
  }

  /** Tokens and values are those of some sequence. */
  private void requireSequence(int feature, JsonNode activation, float[] values) {
    List<String> texts = new ArrayList<>();
    activation.get("tokens").forEach(token -> texts.add(token.asText()));
    boolean found = false;
    for (int begin = 0; begin < SAMPLES && !found; begin += CONTEXT) {
      found = true;
      for (int i = 0; i < CONTEXT; i++) {
        found &= texts.get(i).equals("t" + tokens[begin + i]);
        found &= values[i] == value(begin + i, feature);
      }
    }
    assertThat(found).as("%s of %d", activation, feature).isTrue();
  }

  private static double[] doubles(JsonNode array) {
    return JSON.convertValue(array, double[].class);
  }

  @Test
  void aVocabularyIsReadAsTokenizersHaveIt() throws IOException {
    Path file = folder.resolve("vocab.json");
    Files.writeString(file, "{\"Ġthe\": 5, \"Ċ\": 6, \"x\": 7}");
    Vocabulary vocabulary = Vocabulary.read(file);
    assertThat(vocabulary.text(5)).isEqualTo(" the");
    assertThat(vocabulary.text(6)).isEqualTo("\n");
    vocabulary.requireAll(new TokenSequences(new int[] {5, 6, 7}, 1));
    assertThatThrownBy(() -> vocabulary.requireAll(new TokenSequences(new int[] {5, 8}, 1)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("no token 8");
    Files.writeString(
        file,
        """
        {"model": {"vocab": [["▁a", -1.5], ["b", -2]]}, "added_tokens": [{"id": 2, "content": "</s>"}]}
        """);
    assertThat(Vocabulary.read(file).text(0)).isEqualTo(" a");
    assertThat(Vocabulary.read(file).text(2)).isEqualTo("</s>");
    Files.writeString(file, "{\"model\": {\"vocab\": {\"c\": 9}}, \"version\": 1}");
    assertThat(Vocabulary.read(file).text(9)).isEqualTo("c");
    assertThat(Vocabulary.read(file).text(1)).isNull();
    Files.writeString(file, "[]");
    assertThatThrownBy(() -> Vocabulary.read(file)).hasMessageContaining("no tokens");
    Files.writeString(file, "{");
    assertThatThrownBy(() -> Vocabulary.read(file)).hasMessageContaining("cannot be read as JSON");
  }
}
