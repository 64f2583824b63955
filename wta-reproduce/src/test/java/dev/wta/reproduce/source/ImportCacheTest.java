package dev.wta.reproduce.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportCacheTest {
  @TempDir private Path folder;
  private final List<Path> imported = new ArrayList<>();

  @Test
  void importsAgainWhenASourceHasChanged() throws IOException {
    ImportCache cache = new ImportCache(folder.resolve("cache"));
    Path source = Files.writeString(folder.resolve("source"), "one");

    cache.file("x.arrow", List.of(source), this::importInto);
    Path file = cache.file("x.arrow", List.of(source), this::importInto);
    assertThat(imported).containsExactly(file);

    Files.writeString(source, "another");
    cache.file("x.arrow", List.of(source), this::importInto);
    assertThat(imported).containsExactly(file, file);
  }

  private void importInto(Path out) {
    imported.add(out);
    try {
      Files.writeString(out, "imported");
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
