package dev.wta.models.io;

import com.fasterxml.jackson.core.JacksonException;
import dev.wta.api.WtaException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A JSON document with a checksum of itself: its last member {@code crc32c} is the CRC-32C of the
 * other members as one line of JSON without spaces, in their order. So a document that was only
 * laid out differently is still whole. One without that member, as earlier versions wrote and as a
 * user may leave it, is taken as it is.
 */
public final class SealedJson {
  private static final String SEAL = "crc32c";

  private SealedJson() {}

  /** The document as a file has it, with its check sum. */
  public static byte[] document(Map<String, ?> value) {
    Map<String, Object> sealed = new LinkedHashMap<>(value);
    sealed.put(SEAL, checkSum(readBack(value)));
    return Json.document(sealed);
  }

  /**
   * Reads a document, without its check sum.
   *
   * @throws WtaException if it cannot be read, is no JSON object or not what its check sum says
   */
  public static Map<String, Object> read(Path file) throws NoSuchFileException {
    return opened(Json.read(file), file);
  }

  /**
   * As {@link #read(Path)}, of a document that was read already.
   *
   * @param file what messages call it
   */
  public static Map<String, Object> read(byte[] document, Path file) {
    return opened(Json.read(new String(document, StandardCharsets.UTF_8), file), file);
  }

  private static Map<String, Object> opened(Map<String, Object> value, Path file) {
    if (!value.containsKey(SEAL)) {
      return value;
    }
    Object expected = value.remove(SEAL);
    String found = checkSum(value);
    if (!found.equals(expected)) {
      throw new WtaException(
          "%s is damaged or was edited: its %s is %s, and its content has %s"
              .formatted(file, SEAL, expected, found),
          "restore it from a copy; if you have edited it on purpose, delete its member '%s'"
              .formatted(SEAL));
    }
    return value;
  }

  /** As a reader will see it, for whom 0.1f and 0.1 are one number. */
  private static Map<String, Object> readBack(Map<String, ?> value) {
    try {
      return Json.parse(Json.line(value));
    } catch (JacksonException impossible) {
      throw new IllegalArgumentException("no JSON for " + value, impossible);
    }
  }

  private static String checkSum(Map<String, ?> value) {
    CRC32C crc = new CRC32C();
    crc.update(Json.line(value).getBytes(StandardCharsets.UTF_8));
    return "%08x".formatted(crc.getValue());
  }
}
