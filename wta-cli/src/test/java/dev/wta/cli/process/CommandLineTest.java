package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wta.api.WtaVersion;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command's frame: help, versions, exit codes, and the shape of its complaints. */
class CommandLineTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "help",
        "help backends",
        "backends --help",
        "import --help",
        "import idx --help",
        "import folder --help"
      })
  void helps(String line) {
    Wta.Result help = Wta.in(directory).alone().succeed(line.split(" "));
    assertThat(help.out()).startsWith("Usage: wta").contains("Examples:\n  wta ");
    assertThat(help.err()).isEmpty();
  }

  @Test
  void listsACommandsOwnOptionsFirst() {
    assertThat(Wta.in(directory).alone().succeed("encode", "--help").out())
        .containsSubsequence(
            "\nArguments:\n      RUN ",
            "\nOptions:\n      --data=FILE ",
            "\nReading data:\n      --column=NAME ",
            "\nComputing:\n      --backend=NAME ",
            "\nAll commands:\n  -h, --help ");
  }

  @Test
  void helpsWhoeverTypesNothing() {
    assertThat(Wta.in(directory).alone().succeed().out()).startsWith("Usage: wta");
  }

  @Test
  void tellsItsVersion() {
    assertThat(Wta.in(directory).alone().succeed("--version").out())
        .matches("wta \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\\nJava 2\\d[\\s\\S]*");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "backend          | wta: unknown command 'backend'; did you mean 'backends'? see 'wta"
            + " --help'",
        "backends --jsn   | wta: unknown option '--jsn'; did you mean '--json'? see 'wta backends"
            + " --help'",
        "backends x       | wta: unexpected argument 'x'; see 'wta backends --help'",
        "help backend     | wta: unknown command 'backend'; did you mean 'backends'? see 'wta"
            + " --help'",
        "import           | wta: import needs a format, such as idx; see 'wta import --help'",
        "import idx       | wta: missing required options: '--out=FILE', '--images=FILE'; see 'wta"
            + " import idx --help'",
        "filters a --run b --out c.png | wta: RUN, --run=RUN are mutually exclusive (specify only"
            + " one); see 'wta filters --help'",
      })
  void complainsInOneLine(String line, String complaint) {
    assertThat(Wta.in(directory).alone().fail(line.split(" "))).isEqualTo(complaint);
  }

  @Test
  void asksForARun() {
    assertThat(Wta.in(directory).alone().fail("encode", "--data", "x", "--out", "y"))
        .isEqualTo(
            "wta: missing required argument (specify one of these): (RUN | --run=RUN); see 'wta"
                + " encode --help'");
  }

  /** wta-bench is a jar that this module does not know, as in the users' archive. */
  @ParameterizedTest
  @ValueSource(strings = {"bench", "bench --workload gemm", "--quiet bench encoder", "help bench"})
  void saysWhereTheBenchmarksAre(String line) {
    assertThat(Wta.in(directory).alone().fail(line.split(" ")))
        .isEqualTo(
            "wta: the benchmarks are not installed; unpack wta-bench-%s.tar.gz, which is released"
                + " beside this, where the folder of wta is",
            WtaVersion.current());
  }

  @Test
  void showsTheStackTraceWithVerbose() {
    Wta.Result result = Wta.in(directory).alone().run("backends", "--jsn", "--verbose");
    assertThat(result.exit()).isEqualTo(2);
    assertThat(result.err()).startsWith("wta: ").contains("\n\tat dev.wta.cli.Main.main(");
  }

  @Test
  void listsTheBackends() {
    assertThat(Wta.in(directory).alone().succeed("backends").out())
        .contains("cpu", "automatic choice");
  }

  @Test
  void listsTheBackendsAsJson() throws IOException {
    Wta.Result result = Wta.in(directory).alone().succeed("backends", "--json");
    assertThat(result.err()).isEmpty();
    JsonNode first = new ObjectMapper().readTree(result.out()).get("backends").get(0);
    assertThat(first.fieldNames())
        .toIterable()
        .containsExactly("name", "usable", "score", "device", "reason", "remedy");
    assertThat(first.get("usable").asBoolean()).isTrue();
  }

  @Test
  void reportsAFullDiskUnderStandardOutput() {
    Wta.Result result = Wta.in(directory).alone().writingTo(Path.of("/dev/full")).run("backends");
    assertThat(result.exit()).isEqualTo(2);
    assertThat(result.err())
        .isEqualTo(
            "wta: cannot write to standard output: No space left on device;"
                + " make room or send the output elsewhere\n");
  }
}
