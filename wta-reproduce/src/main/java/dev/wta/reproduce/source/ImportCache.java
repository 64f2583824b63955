package dev.wta.reproduce.source;

import dev.wta.api.WtaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Imported files, each with a note of what it was made from, so that they are made once.
 *
 * @param folder where they are
 */
public record ImportCache(Path folder) {

  /** Makes the file. */
  @FunctionalInterface
  public interface Importing {
    void into(Path out);
  }

  /**
   * The imported file, made if it is not there or its sources have changed since.
   *
   * @param name of the file
   * @param sources what it is made from
   */
  public Path file(String name, List<Path> sources, Importing importing) {
    Path file = folder.resolve(name);
    Path stamp = folder.resolve(name + ".sources");
    try {
      Files.createDirectories(folder);
      String now = describe(sources);
      boolean fresh =
          Files.exists(file) && Files.exists(stamp) && Files.readString(stamp).equals(now);
      if (!fresh) {
        Files.deleteIfExists(stamp);
        importing.into(file);
        Files.writeString(stamp, now);
      }
      return file;
    } catch (IOException failed) {
      throw new WtaException(
          "cannot write to %s: %s".formatted(folder, failed.getMessage()),
          "choose another folder with --out",
          failed);
    }
  }

  private static String describe(List<Path> sources) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Path source : sources) {
      text.append(source.toRealPath())
          .append(' ')
          .append(Files.size(source))
          .append(' ')
          .append(Files.getLastModifiedTime(source))
          .append('\n');
    }
    return text.toString();
  }
}
