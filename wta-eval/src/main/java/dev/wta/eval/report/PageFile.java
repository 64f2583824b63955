package dev.wta.eval.report;

import dev.wta.api.WtaException;
import dev.wta.data.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a page as a whole or not at all. */
final class PageFile {
  private PageFile() {}

  /**
   * Writes a page, and makes its folder if it is not there.
   *
   * @return the file's bytes
   * @throws WtaException if it cannot be written
   */
  static long write(Path file, String page) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      try (AtomicFile out = AtomicFile.create(file)) {
        out.write(page);
        long size = out.channel().size();
        out.commit();
        return size;
      }
    } catch (IOException failed) {
      throw new WtaException(
          "the report cannot be written to %s: %s".formatted(file, failed),
          "give a folder that can be written to",
          failed);
    }
  }
}
