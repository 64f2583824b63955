package dev.wta.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.groups.Tuple.tuple;

import dev.wta.api.WtaException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlFileTest {
  @TempDir Path directory;

  @Test
  void readsScalarsAndLists() throws IOException {
    Path file =
        write(
            """
            # a comment
            epochs: 50
            rate: 1e-3
            tied: true
            hidden: [1000, 500]
            competition: lifetime(0.05)
            schedule:
              - step
            """);
    assertThat(YamlFile.read(file))
        .extracting(ConfiguredValue::key, ConfiguredValue::value, ConfiguredValue::where)
        .containsExactly(
            tuple("epochs", "50", "at line 2 of " + file),
            tuple("rate", "1e-3", "at line 3 of " + file),
            tuple("tied", "true", "at line 4 of " + file),
            tuple("hidden", "1000,500", "at line 5 of " + file),
            tuple("competition", "lifetime(0.05)", "at line 6 of " + file),
            tuple("schedule", "step", "at line 7 of " + file));
  }

  @Test
  void readsAnEmptyFileAsNoKeys() throws IOException {
    assertThat(YamlFile.read(write("# nothing yet\n"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "epochs: 5\\n"
            + "epochs: 6         | key 'epochs' at line 2 of FILE is already set at line 1; keep"
            + " one",
        "epochs: 5\\n"
            + "rate:             | key 'rate' at line 2 of FILE has no value; give it one or remove"
            + " the line",
        "model:\\n"
            + "  hidden: 5          | key 'model' at line 1 of FILE holds more than a value or a"
            + " list of values; keys are flat: write one 'key: value' a line",
        "hidden: [[1]]                 | key 'hidden' at line 1 of FILE holds more than a value or"
            + " a list of values; keys are flat: write one 'key: value' a line",
        "just words                    | FILE is not a list of keys and values; write one 'key:"
            + " value' a line",
      })
  void answersWhatItCannotRead(String content, String message) throws IOException {
    Path file = write(content.replace("\\n", "\n"));
    assertThatExceptionOfType(WtaException.class)
        .isThrownBy(() -> YamlFile.read(file))
        .withMessage(message.replace("FILE", file.toString()));
  }

  @Test
  void answersBrokenYamlWithTheLine() throws IOException {
    Path file = write("epochs: 5\nrate: [1, 2\n");
    assertThatExceptionOfType(WtaException.class)
        .isThrownBy(() -> YamlFile.read(file))
        .withMessageStartingWith(file + " is not YAML at line ")
        .withMessageNotContaining("\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a: 1\\n---\\nb: 2             | FILE continues at line 3 of FILE",
        "a: 1\\n---\\n                 | FILE continues at line 3 of FILE",
        "a: 1\\n...\\nb: 2             | FILE is not YAML at line 3 of FILE: expected",
        "{a: 1}\\n\\nb: 2              | FILE is not YAML at line 3 of FILE: expected",
        "{a: 1} }                       | FILE is not YAML at line 1 of FILE: expected",
        "[{a: 1}]                       | FILE is not a list of keys",
        "a: &x 1\\nb: *x               | key 'b' at line 2 of FILE has the alias *x",
        "a: &x [1, 2]\\nb: *x          | key 'b' at line 2 of FILE has the alias *x",
        "a: [1, &x 2, *x]               | key 'a' at line 1 of FILE has the alias *x",
        "a: !secret 5                   | key 'a' at line 1 of FILE has the tag 'secret'",
        "a: 1\\nb: 010                 | key 'b' at line 2 of FILE is 010, an octal number",
        "a: [1, -007]                   | key 'a' at line 1 of FILE is -007, an octal number",
        "a: 1\\n\\tb: 2               | FILE is not YAML at line 2 of FILE: found character",
        "? [a]\\n: 1                   | FILE is not YAML at line 1 of FILE: Expected a field name",
        "\"a\": 1\\na: 2               | key 'a' at line 2 of FILE is already set at line 1",
        "l:\\n- m: *x                  | key 'm' at line 2 of FILE has the alias *x",
      })
  void answersWhatOthersWouldReadOtherwise(String content, String message) throws IOException {
    Path file = write(content.replace("\\n", "\n").replace("\\t", "\t"));
    assertThatExceptionOfType(WtaException.class)
        .isThrownBy(() -> YamlFile.read(file))
        .withMessageStartingWith(message.replace("FILE", file.toString()))
        .withMessageNotContaining("\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\ufeffa: 0\r\nb: '007'\r\n",
        "---\na: 0\nb: '007' # an agent\n",
        "{a: 0, b: \"007\"}\n# the end\n...\n"
      })
  void readsWhatEverybodyReadsAlike(String content) throws IOException {
    assertThat(YamlFile.read(write(content)))
        .extracting(ConfiguredValue::key, ConfiguredValue::value)
        .containsExactly(tuple("a", "0"), tuple("b", "007"));
  }

  @Test
  void answersAMissingFile() {
    Path file = directory.resolve("missing.yaml");
    assertThatExceptionOfType(WtaException.class)
        .isThrownBy(() -> YamlFile.read(file))
        .withMessage("there is no configuration '%s'; check the path after --config", file);
  }

  @Test
  void answersADirectory() {
    assertThatExceptionOfType(WtaException.class)
        .isThrownBy(() -> YamlFile.read(directory))
        .withMessageContaining("cannot be read");
  }

  @Test
  void answersBytesThatAreNoText() throws IOException {
    Path file = directory.resolve("x.yaml");
    Files.write(file, new byte[] {'a', ':', ' ', (byte) 0xff, (byte) 0xfe});
    assertThatExceptionOfType(WtaException.class)
        .isThrownBy(() -> YamlFile.read(file))
        .withMessage("%s is not text in UTF-8; save it as UTF-8", file);
  }

  @Test
  void readsAListOfMaps() throws IOException {
    Path file =
        write(
            """
            layers:
              - model: fc-wta
                hidden: [1000, 500]
              - {model: conv-wta, epochs: 3}
            """);
    assertThat(YamlFile.read(file))
        .containsExactly(
            new ConfiguredValue(
                "layers",
                List.of(
                    Map.of("model", "fc-wta", "hidden", "1000,500"),
                    Map.of("model", "conv-wta", "epochs", "3")),
                "at line 1 of " + file));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "layers: [fc-wta, {model: fc-wta}]",
        "layers: [{model: fc-wta}, fc-wta]",
        "layers: [{model: {a: b}}]",
        "layers: [{model: [{a: b}]}]"
      })
  void deeperThanAListOfMapsIsRefused(String content) throws IOException {
    Path file = write(content);
    assertThatExceptionOfType(WtaException.class)
        .isThrownBy(() -> YamlFile.read(file))
        .withMessageContaining("at line 1 of " + file);
  }

  @Test
  void aKeyTwiceInAMapIsRefused() throws IOException {
    Path file = write("layers:\n  - model: a\n    model: b\n");
    assertThatExceptionOfType(WtaException.class)
        .isThrownBy(() -> YamlFile.read(file))
        .withMessageContaining("line 3");
  }

  private Path write(String content) throws IOException {
    Path file = directory.resolve("x.yaml");
    Files.writeString(file, content, StandardCharsets.UTF_8);
    return file;
  }
}
