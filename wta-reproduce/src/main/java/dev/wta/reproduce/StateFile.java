package dev.wta.reproduce;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.wta.api.WtaException;
import dev.wta.data.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A JSON object in a file, replaced as a whole, so that a kill leaves the old one or the new one.
 */
public record StateFile(Path path) {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** What was written last; empty if nothing was. */
  public Map<String, Object> read() {
    try {
      return Files.exists(path)
          ? MAPPER.readValue(Files.readString(path), new TypeReference<>() {})
          : new LinkedHashMap<>();
    } catch (JacksonException damaged) {
      throw new WtaException(
          path + " is damaged", "delete it: what it keeps is measured again", damaged);
    } catch (IOException failed) {
      throw failure(failed);
    }
  }

  public void write(Map<String, Object> object) {
    try {
      Files.createDirectories(path.toAbsolutePath().getParent());
      try (AtomicFile file = AtomicFile.create(path)) {
        file.write(MAPPER.writeValueAsString(object) + "\n");
        file.commit();
      }
    } catch (IOException failed) {
      throw failure(failed);
    }
  }

  /** Whether two values are the same in such a file: one that was read back has other classes. */
  public static boolean same(Object left, Object right) {
    try {
      return MAPPER
          .readTree(MAPPER.writeValueAsString(left))
          .equals(MAPPER.readTree(MAPPER.writeValueAsString(right)));
    } catch (JacksonException impossible) {
      throw new IllegalArgumentException("no JSON: " + left + " or " + right, impossible);
    }
  }

  private WtaException failure(IOException failed) {
    return new WtaException(
        "%s cannot be read or written: %s".formatted(path, failed.getMessage()),
        "choose another folder with --out",
        failed);
  }
}
