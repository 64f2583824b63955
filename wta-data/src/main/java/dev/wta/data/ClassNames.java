package dev.wta.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wta.api.WtaException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The names of classes in an Arrow file's metadata: under {@code wta.classes} a JSON array, whose
 * entry at a label's place is the name of that class. Hugging Face {@code datasets} has them in the
 * description of its features.
 */
public final class ClassNames {
  private static final String KEY = "wta.classes";
  private static final String HUGGING_FACE = "huggingface";
  private static final ObjectMapper JSON = new ObjectMapper();

  private ClassNames() {}

  /** Adds names to the metadata of a file that is to be written. */
  public static void put(Map<String, String> metadata, List<String> names) {
    try {
      metadata.put(KEY, JSON.writeValueAsString(names));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("not JSON: " + names, impossible);
    }
  }

  /**
   * The names in a file's metadata, if there are any.
   *
   * @param label the name of its label column
   */
  public static Optional<List<String>> of(String file, Map<String, String> metadata, String label) {
    try {
      if (metadata.containsKey(KEY)) {
        return Optional.of(List.of(JSON.readValue(metadata.get(KEY), String[].class)));
      }
      JsonNode names =
          JSON.readTree(metadata.getOrDefault(HUGGING_FACE, "{}"))
              .path("info")
              .path("features")
              .path(label)
              .path("names");
      List<String> found = new ArrayList<>();
      names.forEach(name -> found.add(name.asText()));
      return found.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(found));
    } catch (JsonProcessingException damaged) {
      throw new WtaException(
          "the class names of %s are damaged".formatted(file), "write it again", damaged);
    }
  }
}
