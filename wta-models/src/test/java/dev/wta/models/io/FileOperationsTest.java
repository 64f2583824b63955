package dev.wta.models.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.models.io.FileOperations.Content;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileOperationsTest {
  @TempDir private Path folder;
  private final SequencedMap<Path, Content> files = new LinkedHashMap<>();

  @BeforeEach
  void old() throws IOException {
    for (String name : List.of("weights", "config")) {
      Files.writeString(folder.resolve(name), "old");
      files.put(folder.resolve(name), out -> out.write("newer".getBytes(UTF_8)));
    }
  }

  private List<String> contents() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.sorted()
          .map(
              file -> {
                try {
                  return file.getFileName() + " " + Files.readString(file);
                } catch (IOException failed) {
                  throw new AssertionError(failed);
                }
              })
          .toList();
    }
  }

  /** A disk that is full from one write on; deleting still works. */
  private static FileOperations full(int writes) {
    int[] left = {writes};
    return new FileOperations() {
      @Override
      public void write(Path file, Content content) throws IOException {
        if (left[0]-- == 0) {
          Files.writeString(file, "ne");
          throw new IOException("No space left on device");
        }
        REAL.write(file, content);
      }

      @Override
      public void rename(Path from, Path to) throws IOException {
        REAL.rename(from, to);
      }

      @Override
      public void delete(Path file) throws IOException {
        REAL.delete(file);
      }

      @Override
      public void sync(Path directory) throws IOException {
        REAL.sync(directory);
      }
    };
  }

  @Test
  void filesThatBelongTogetherAreReplacedTogether() throws IOException {
    for (int writes = 0; writes < 2; writes++) {
      FileOperations disk = full(writes);
      assertThatThrownBy(() -> disk.replaceAll(files)).hasMessageContaining("No space");
      assertThat(contents()).containsExactly("config old", "weights old");
    }
    FileOperations.REAL.replaceAll(files);
    assertThat(contents()).containsExactly("config newer", "weights newer");
  }
}
