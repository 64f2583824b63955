package dev.wta.accelerator.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryFilesTest {
  @TempDir Path folder;

  @Test
  void filesAreCopiedOnceAndAgainWhereDamaged() throws IOException {
    LibraryFiles files = new LibraryFiles(folder.resolve("new"));
    files.complete();
    Path library = files.file(LibraryFiles.OPENMP);
    long size = Files.size(library);
    Object first = Files.getLastModifiedTime(library);
    files.complete();
    assertThat(Files.getLastModifiedTime(library)).isEqualTo(first);
    Files.writeString(library, "damaged");
    files.complete();
    assertThat(Files.size(library)).isEqualTo(size);
    try (Stream<Path> all = Files.list(files.folder())) {
      assertThat(all.map(Path::getFileName).map(Path::toString))
          .containsExactlyInAnyOrder(LibraryFiles.ONEDNN, LibraryFiles.OPENMP);
    }
  }

  @Test
  void theFolderIsTheUsersCacheUnlessNamed() throws IOException {
    assertThat(LibraryFiles.of("", Map.of("XDG_CACHE_HOME", "/c"), "/home/u").folder().toString())
        .startsWith("/c/wta/onednn/3.");
    assertThat(LibraryFiles.of("", Map.of(), "/home/u").folder().toString())
        .startsWith("/home/u/.cache/wta/onednn/3.");
    assertThat(LibraryFiles.of("/k", Map.of(), "/home/u").folder()).hasToString("/k");
  }
}
