package dev.wta.data.io;

import dev.wta.api.WtaException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A pipe or a device where a file is wanted: it can be neither mapped nor read twice. */
public final class SpecialFile {
  private SpecialFile() {}

  /** Whether something is at a path that is neither a file nor a folder, links followed. */
  public static boolean is(Path path) {
    return Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path);
  }

  /**
   * Refuses pipes and devices.
   *
   * @param remedy what to do instead
   * @throws WtaException if the path is one
   */
  public static void refuse(Path path, String remedy) {
    if (is(path)) {
      throw new WtaException(path + " is a pipe or a device, and no file", remedy);
    }
  }
}
