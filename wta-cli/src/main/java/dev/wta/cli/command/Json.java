package dev.wta.cli.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.wta.cli.Output;

/**
 * Writes the one JSON document that {@code --json} promises; Jackson is loaded only here and for
 * YAML.
 */
final class Json {
  private Json() {}

  static void print(Object document) {
    try {
      Output.writer()
          .println(
              new ObjectMapper()
                  .enable(SerializationFeature.INDENT_OUTPUT)
                  .writeValueAsString(document));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("not JSON: " + document, impossible);
    }
  }
}
