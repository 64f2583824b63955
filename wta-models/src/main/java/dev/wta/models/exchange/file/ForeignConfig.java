package dev.wta.models.exchange.file;

import com.fasterxml.jackson.core.JacksonException;
import dev.wta.api.WtaException;
import dev.wta.models.io.Json;
import dev.wta.models.io.WriteFailures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A JSON document of another tool's model, each member asked for by name and kind. A member that is
 * {@code null} is one that is not there.
 *
 * @param file for messages
 * @param members what the document says
 */
public record ForeignConfig(Path file, Map<String, Object> members) {

  /**
   * Reads a file.
   *
   * @throws WtaException if it cannot be read, or is no JSON object
   */
  public static ForeignConfig read(Path file) {
    try {
      return new ForeignConfig(file, Json.parse(Files.readString(file)));
    } catch (JacksonException malformed) {
      throw new WtaException(
          "%s is no JSON object: %s".formatted(file, malformed.getOriginalMessage()),
          "restore it from a copy",
          malformed);
    } catch (IOException unreadable) {
      throw WriteFailures.reading(file, unreadable);
    }
  }

  /** The object of that name; an empty one where there is none. */
  public ForeignConfig section(String name) {
    Map<String, Object> section = new LinkedHashMap<>();
    if (members.get(name) instanceof Map<?, ?> map) {
      map.forEach((key, value) -> section.put(String.valueOf(key), value));
    }
    return new ForeignConfig(file, section);
  }

  public Optional<Object> find(String name) {
    return Optional.ofNullable(members.get(name));
  }

  /** A text, if there is one of that name. */
  public Optional<String> text(String name) {
    return find(name)
        .map(
            value -> {
              if (value instanceof String text) {
                return text;
              }
              throw wrong(name, "a text");
            });
  }

  /** A yes or no. */
  public boolean flag(String name, boolean otherwise) {
    return find(name)
        .map(
            value -> {
              if (value instanceof Boolean flag) {
                return flag;
              }
              throw wrong(name, "true or false");
            })
        .orElse(otherwise);
  }

  /** A finite number, if there is one of that name. */
  public Optional<Double> number(String name) {
    return find(name)
        .map(
            value -> {
              if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
                return number.doubleValue();
              }
              throw wrong(name, "a number");
            });
  }

  /** A whole number of at least {@code least}, which has to be there. */
  public int whole(String name, int least) {
    double number = number(name).orElseThrow(() -> wrong(name, "a whole number"));
    if (number != Math.rint(number) || number < least || number > Integer.MAX_VALUE) {
      throw wrong(name, "a whole number from %d".formatted(least));
    }
    return (int) number;
  }

  public WtaException wrong(String name, String wanted) {
    return new WtaException(
        "'%s' in %s is %s, and has to be %s".formatted(name, file, members.get(name), wanted),
        "correct it there");
  }
}
