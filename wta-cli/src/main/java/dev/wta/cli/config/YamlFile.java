package dev.wta.cli.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.wta.api.WtaException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a YAML configuration: flat keys, each with a scalar, a list of scalars, or a list of maps
 * of flat keys again.
 */
final class YamlFile {
  private static final Pattern LEADING_ZERO = Pattern.compile("[-+]?0[0-9_]+");
  private static final Pattern PLACE = Pattern.compile("(?m)^(.*)\\R in 'reader', line (\\d+)");

  private final Path path;
  private final Map<String, Integer> lines = new LinkedHashMap<>();
  private final List<ConfiguredValue> values = new ArrayList<>();

  private YamlFile(Path path) {
    this.path = path;
  }

  /**
   * The keys and values in the order of the file.
   *
   * @throws WtaException if the file cannot be read, is not YAML, or is not flat, with the line
   */
  static List<ConfiguredValue> read(Path path) {
    YamlFile file = new YamlFile(path);
    try (YAMLParser parser = new YAMLFactory().createParser(Files.readString(path))) {
      file.readDocument(parser);
    } catch (JacksonException broken) {
      throw file.notYaml(broken);
    } catch (NoSuchFileException missing) {
      throw new WtaException(
          "there is no configuration '%s'".formatted(path),
          "check the path after --config",
          missing);
    } catch (CharacterCodingException broken) {
      throw new WtaException("%s is not text in UTF-8".formatted(path), "save it as UTF-8", broken);
    } catch (IOException unreadable) {
      throw new WtaException(
          "the configuration '%s' cannot be read: %s"
              .formatted(path, unreadable.getMessage().toLowerCase(Locale.ROOT)),
          "check that it is a file that you may read",
          unreadable);
    }
    return file.values;
  }

  private void readDocument(YAMLParser parser) throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null) {
      return; // an empty file, or comments alone
    }
    if (first != JsonToken.START_OBJECT) {
      throw new WtaException(
          "%s is not a list of keys and values".formatted(path), "write one 'key: value' a line");
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      readEntry(parser);
    }
    if (parser.nextToken() != null) {
      throw new WtaException(
          "%s continues %s, after the end of its list of keys and values"
              .formatted(path, at(parser.currentTokenLocation())),
          "keep one document, with one 'key: value' a line");
    }
  }

  private void readEntry(YAMLParser parser) throws IOException {
    String key = parser.currentName();
    String where = at(parser.currentTokenLocation());
    Integer earlier = lines.putIfAbsent(key, parser.currentTokenLocation().getLineNr());
    if (earlier != null) {
      throw alreadySet(key, where, earlier);
    }
    Object value =
        switch (parser.nextToken()) {
          case START_ARRAY -> readList(parser, key, where);
          case JsonToken token when token.isScalarValue() -> scalar(parser, key, where);
          default -> throw notFlat(key, where);
        };
    values.add(new ConfiguredValue(key, value, where));
  }

  /** Scalars, joined; or maps, each with flat keys of its own. */
  private Object readList(YAMLParser parser, String key, String where) throws IOException {
    List<String> scalars = new ArrayList<>();
    List<Map<String, Object>> maps = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() == JsonToken.START_OBJECT && scalars.isEmpty()) {
        maps.add(readMap(parser));
      } else if (parser.currentToken().isScalarValue() && maps.isEmpty()) {
        scalars.add(scalar(parser, key, where));
      } else {
        throw notFlat(key, where);
      }
    }
    return maps.isEmpty() ? String.join(",", scalars) : maps;
  }

  private Map<String, Object> readMap(YAMLParser parser) throws IOException {
    Map<String, Object> map = new LinkedHashMap<>();
    Map<String, Integer> linesHere = new HashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      String where = at(parser.currentTokenLocation());
      Integer earlier = linesHere.putIfAbsent(key, parser.currentTokenLocation().getLineNr());
      if (earlier != null) {
        throw alreadySet(key, where, earlier);
      }
      map.put(key, readFlat(parser, key, where));
    }
    return map;
  }

  private String readFlat(YAMLParser parser, String key, String where) throws IOException {
    JsonToken value = parser.nextToken();
    if (value.isScalarValue()) {
      return scalar(parser, key, where);
    }
    if (value == JsonToken.START_ARRAY && readList(parser, key, where) instanceof String scalars) {
      return scalars;
    }
    throw notFlat(key, where);
  }

  private static WtaException alreadySet(String key, String where, int line) {
    return new WtaException(
        "key '%s' %s is already set at line %d".formatted(key, where, line), "keep one");
  }

  private static String scalar(YAMLParser parser, String key, String where) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      throw new WtaException(
          "key '%s' %s has no value".formatted(key, where), "give it one or remove the line");
    }
    String text = parser.getText();
    if (parser.isCurrentAlias()) {
      throw new WtaException(
          "key '%s' %s has the alias *%s".formatted(key, where, text), "write the value itself");
    }
    if (parser.getTypeId() != null) {
      throw new WtaException(
          "key '%s' %s has the tag '%s'".formatted(key, where, parser.getTypeId()), "remove it");
    }
    if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
        && LEADING_ZERO.matcher(text).matches()) {
      throw new WtaException(
          "key '%s' %s is %s, an octal number in YAML 1.1 and a decimal one in 1.2"
              .formatted(key, where, text),
          "write it without the zero in front");
    }
    return text;
  }

  /** The parser says first what it was reading, and last what was wrong, and where. */
  private WtaException notYaml(JacksonException broken) {
    String message = broken.getOriginalMessage();
    String complaint = message.lines().findFirst().orElse("it is not YAML");
    String where = at(broken.getLocation());
    Matcher place = PLACE.matcher(message);
    while (place.find()) {
      complaint = place.group(1);
      where = "at line %s of %s".formatted(place.group(2), path);
    }
    return new WtaException(
        "%s is not YAML %s: %s".formatted(path, where, complaint),
        "write one 'key: value' a line",
        broken);
  }

  private static WtaException notFlat(String key, String where) {
    return new WtaException(
        "key '%s' %s holds more than a value or a list of values".formatted(key, where),
        "keys are flat: write one 'key: value' a line");
  }

  private String at(JsonLocation location) {
    return location == null
        ? path.toString()
        : "at line %d of %s".formatted(location.getLineNr(), path);
  }
}
