package dev.wta.data.arrow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.tensor.Shape;
import dev.wta.data.ElementType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that stop while they write a data set, of their own accord or not. */
class StoppedWriterTest {
  @TempDir Path folder;

  /** Writes two record batches of a file that it never finishes. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] args) {
      ArrowDatasetWriter writer =
          ArrowDatasetWriter.create(Path.of(args[0]), Shape.of(2), ElementType.FLOAT32, false);
      writer.append(new float[20_000], null, 10_000);
      if (args[1].equals("killed")) {
        Runtime.getRuntime().halt(9);
      }
      System.exit(2);
    }
  }

  private List<Path> afterWriter(String end) throws IOException, InterruptedException {
    Path path = folder.resolve("data.arrow");
    Files.writeString(path, "old");
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                path.toString(),
                end)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor()).isEqualTo(end.equals("killed") ? 9 : 2);
    assertThat(path).hasContent("old");
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> !file.equals(path)).toList();
    }
  }

  @Test
  void aKilledOneLeavesTheOldFileAndAHiddenPart() throws IOException, InterruptedException {
    assertThat(afterWriter("killed"))
        .singleElement()
        .satisfies(
            part ->
                assertThat(part.getFileName().toString())
                    .matches("\\.data\\.arrow\\..+\\.partial"));
  }

  @Test
  void oneThatExitsLeavesTheOldFileAlone() throws IOException, InterruptedException {
    assertThat(afterWriter("exits")).isEmpty();
  }
}
