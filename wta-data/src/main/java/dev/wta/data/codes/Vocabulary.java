package dev.wta.data.codes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wta.api.WtaException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The texts of tokens, as a tokenizer of Hugging Face has them in {@code vocab.json} or {@code
 * tokenizer.json}. Its signs for blanks, newlines and tabs become these; other characters of a
 * byte-level tokenizer that is not ASCII stay as they are in the file.
 */
public final class Vocabulary {
  private final Path file;
  private final Map<Integer, String> texts = new HashMap<>();

  private Vocabulary(Path file) {
    this.file = file;
  }

  /**
   * Reads a vocabulary.
   *
   * @throws WtaException if the file cannot be read, or holds none
   */
  public static Vocabulary read(Path file) {
    JsonNode json;
    try {
      json = new ObjectMapper().readTree(file.toFile());
    } catch (IOException unreadable) {
      throw new WtaException(
          "%s cannot be read as JSON: %s".formatted(file, firstLine(unreadable)),
          "give a vocab.json or tokenizer.json",
          unreadable);
    }
    Vocabulary vocabulary = new Vocabulary(file);
    JsonNode model = json.path("model").path("vocab");
    if (model.isArray()) { // of pairs, a token's number being its place
      for (int i = 0; i < model.size(); i++) {
        vocabulary.add(model.path(i).path(0), i);
      }
    } else {
      (model.isObject() ? model : json)
          .properties()
          .forEach(
              token -> {
                if (token.getValue().isInt()) {
                  vocabulary.put(token.getKey(), token.getValue().intValue());
                }
              });
    }
    json.path("added_tokens")
        .forEach(token -> vocabulary.add(token.path("content"), token.path("id").asInt(-1)));
    if (vocabulary.texts.isEmpty()) {
      throw new WtaException(
          file + " has no tokens with numbers", "give a vocab.json or tokenizer.json");
    }
    return vocabulary;
  }

  private static String firstLine(IOException failed) {
    return String.valueOf(failed.getMessage()).lines().findFirst().orElse("");
  }

  private void add(JsonNode token, int number) {
    if (token.isTextual()) {
      put(token.textValue(), number);
    }
  }

  private void put(String token, int number) {
    texts.put(
        number, token.replace('Ġ', ' ').replace('▁', ' ').replace('Ċ', '\n').replace('ĉ', '\t'));
  }

  /**
   * Checks that every token has a text.
   *
   * @throws WtaException that names the first one without
   */
  public void requireAll(TokenSequences sequences) {
    for (int token : sequences.tokens()) {
      if (!texts.containsKey(token)) {
        throw new WtaException(
            "%s has no token %d".formatted(file, token), "give the vocabulary of these tokens");
      }
    }
  }

  /** The text of a token; null where there is none. */
  public String text(int token) {
    return texts.get(token);
  }
}
