package dev.wta.cli.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;

/**
 * Writes the one JSON document that {@code --json} promises; Jackson is loaded only here and for
 * YAML.
 */
public final class JsonOutput {
  private JsonOutput() {}

  /** Prints a document: maps, lists and values. */
  public static void print(Object document) {
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
