package dev.wta.data.imports;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wta.api.WtaException;
import dev.wta.data.ArrowDataset;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The names of classes in an Arrow file's metadata: under {@code wta.classes} a JSON array, whose
 * entry at a label's place is the name of that class.
 */
final class ClassNames {
  private static final String KEY = "wta.classes";

  private ClassNames() {}

  static void put(Map<String, String> metadata, List<String> names) {
    try {
      metadata.put(KEY, new ObjectMapper().writeValueAsString(names));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("not JSON: " + names, impossible);
    }
  }

  /**
   * The names in an Arrow file that an import wrote.
   *
   * @throws WtaException if it has none
   */
  static List<String> of(Path file) {
    try (ArrowDataset data = ArrowDataset.open(file)) {
      String names = data.metadata().get(KEY);
      if (names == null) {
        throw new WtaException(
            file + " does not name its classes", "give an Arrow file of 'wta import folder'");
      }
      return List.of(new ObjectMapper().readValue(names, String[].class));
    } catch (JsonProcessingException damaged) {
      throw new WtaException(
          "the class names of %s are damaged".formatted(file), "import it again", damaged);
    }
  }
}
