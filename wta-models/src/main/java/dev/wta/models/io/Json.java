package dev.wta.models.io;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.wta.api.WtaException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/** JSON documents as plain maps, lists, text and numbers. */
public final class Json {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  /**
   * Whether two values are the same JSON: the keys of an object in any order, and a number the same
   * whatever its class, since one that was read back may be of another.
   */
  public static boolean same(Object left, Object right) {
    try {
      return MAPPER.readTree(line(left)).equals(MAPPER.readTree(line(right)));
    } catch (JacksonException impossible) {
      throw new IllegalArgumentException("no JSON: " + left + " or " + right, impossible);
    }
  }

  /** One line, for {@code metrics.jsonl}. */
  public static String line(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JacksonException impossible) {
      throw new IllegalArgumentException("no JSON for " + value, impossible);
    }
  }

  /** A document for people to read, too. */
  static byte[] document(Map<String, ?> value) {
    try {
      String text =
          MAPPER.writer().with(SerializationFeature.INDENT_OUTPUT).writeValueAsString(value);
      return (text + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (JacksonException impossible) {
      throw new IllegalArgumentException("no JSON for " + value, impossible);
    }
  }

  /**
   * Reads an object.
   *
   * @throws JacksonException if the text is something else
   */
  public static Map<String, Object> parse(String text) throws JacksonException {
    Map<String, Object> object = MAPPER.readValue(text, new TypeReference<>() {});
    if (object == null) {
      throw new JsonParseException(null, "null instead of an object");
    }
    return object;
  }

  /**
   * Reads a file that holds an object.
   *
   * @throws WtaException if it cannot be read or holds something else
   */
  static Map<String, Object> read(Path file) throws NoSuchFileException {
    try {
      return read(Files.readString(file), file);
    } catch (NoSuchFileException missing) {
      throw missing;
    } catch (IOException unreadable) {
      throw WriteFailures.reading(file, unreadable);
    }
  }

  /** As {@link #read(Path)}, of a file's text. */
  static Map<String, Object> read(String text, Path file) {
    try {
      return parse(text);
    } catch (JacksonException malformed) {
      throw new WtaException(
          "%s is damaged: %s".formatted(file, malformed.getOriginalMessage()),
          "restore it from a copy, or start another run",
          malformed);
    }
  }
}
