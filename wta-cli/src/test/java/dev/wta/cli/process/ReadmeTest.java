package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The README's commands work and its Java compiles. A comment above each block says what is done
 * with it; CONTRIBUTING.md explains them. Where commands name MNIST's files, small ones of that
 * name and form stand in.
 */
class ReadmeTest {
  static final Path ROOT = root();
  private static final Path README = ROOT.resolve("README.md");
  private static final String COMMAND = "./wta ";
  private static final Pattern IDX_FILE = Pattern.compile("\\S*-ubyte(\\.gz)?");

  @TempDir static Path directory;

  @Test
  void saysOfEveryBlockWhatATestShallDoWithIt() throws IOException {
    for (MarkdownBlock block : blocks()) {
      if (List.of("sh", "console", "bash", "java").contains(block.language())) {
        assertThat(block.directive())
            .as("directive above the block at line %d of README.md", block.line())
            .matches("run|skip \\(.+\\)|source \\S+");
      }
    }
  }

  @Test
  void itsCommandsWork() throws IOException {
    List<String> commands =
        blocks().stream()
            .filter(block -> block.directive().equals("run"))
            .flatMap(block -> block.commands().stream())
            .toList();
    assertThat(commands).as("commands in blocks marked 'run'").isNotEmpty();
    for (String command : commands) {
      assertThat(command).as("a command in a block marked 'run'").startsWith(COMMAND);
      String[] arguments = command.substring(COMMAND.length()).split("\\s+");
      for (String argument : arguments) {
        if (IDX_FILE.matcher(argument).matches()) {
          TinyData.writeMnistLike(directory.resolve(argument));
        }
      }
      Wta.in(directory).optimised().succeed(arguments);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/extending.md", "docs/library.md"})
  void javaIsThatOfTestedSources(String document) throws IOException {
    List<MarkdownBlock> quoted =
        MarkdownBlock.of(Files.readAllLines(ROOT.resolve(document))).stream()
            .filter(block -> block.directive().startsWith("source "))
            .toList();
    assertThat(quoted).as("blocks of %s that quote sources", document).isNotEmpty();
    for (MarkdownBlock block : quoted) {
      String[] source = block.directive().substring("source ".length()).split("#");
      Path file = ROOT.resolve(source[0]);
      assertThat(String.join("\n", block.lines()))
          .as("the block at line %d of %s", block.line(), document)
          .isEqualTo(
              source.length == 1
                  ? String.join("\n", Files.readAllLines(file))
                  : region(file, source[1]));
    }
  }

  @Test
  void itsProgramRuns() {
    TinyData.importInto(directory, "train", 300, 1);
    Wta.Result result = Wta.in(directory).running(ReadmeExample.class).succeed();
    assertThat(result.out()).matches("training error \\d\\.\\d+\\R");
  }

  private static List<MarkdownBlock> blocks() throws IOException {
    return MarkdownBlock.of(Files.readAllLines(README));
  }

  /** The lines between {@code // README: name} and {@code // README: end}, moved to the left. */
  private static String region(Path source, String name) throws IOException {
    List<String> lines = Files.readAllLines(source);
    int start = indexOf(lines, "// README: " + name, 0, source) + 1;
    int end = indexOf(lines, "// README: end", start, source);
    return String.join("\n", lines.subList(start, end)).stripIndent();
  }

  private static int indexOf(List<String> lines, String marker, int from, Path source) {
    for (int i = from; i < lines.size(); i++) {
      if (lines.get(i).strip().equals(marker)) {
        return i;
      }
    }
    return fail("%s has no line '%s'", source, marker);
  }

  private static Path root() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.exists(at.resolve("mvnw"))) {
      at = at.getParent();
    }
    return at;
  }
}
