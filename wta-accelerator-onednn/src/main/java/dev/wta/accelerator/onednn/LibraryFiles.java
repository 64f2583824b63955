package dev.wta.accelerator.onednn;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * The shared libraries on disk. They come as resources of a jar; each is copied beside its place
 * and renamed, so that programs which start at the same time may share the folder.
 *
 * @param folder one for each version
 */
record LibraryFiles(Path folder) {
  /** Another folder than the user's cache. */
  static final String PROPERTY = "wta.onednn.cache";

  static final String ONEDNN = "libdnnl.so.3";
  static final String OPENMP = "libgomp.so.1";

  private static final String RESOURCES = "/org/bytedeco/dnnl/linux-x86_64/";

  /** The user's: {@code $XDG_CACHE_HOME/wta/onednn/VERSION}, or in {@code ~/.cache}. */
  static LibraryFiles ofUser() throws IOException {
    return of(
        System.getProperty(PROPERTY, ""), System.getenv(), System.getProperty("user.home", ""));
  }

  static LibraryFiles of(String property, Map<String, String> environment, String home)
      throws IOException {
    if (!property.isBlank()) {
      return new LibraryFiles(Path.of(property));
    }
    String caches = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path base = caches.isBlank() ? Path.of(home, ".cache") : Path.of(caches);
    return new LibraryFiles(base.resolve("wta").resolve("onednn").resolve(version()));
  }

  private static String version() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = LibraryFiles.class.getResourceAsStream("library.properties")) {
      properties.load(in);
    }
    return properties.getProperty("version");
  }

  /**
   * Copies what is missing, or not of its size.
   *
   * @throws IOException if a library is not on the class path, or cannot be written
   */
  void complete() throws IOException {
    for (String name : List.of(OPENMP, ONEDNN)) {
      URL resource = LibraryFiles.class.getResource(RESOURCES + name);
      if (resource == null) {
        throw new IOException(name + " is not on the class path");
      }
      Path file = folder.resolve(name);
      if (!Files.exists(file)
          || Files.size(file) != resource.openConnection().getContentLengthLong()) {
        copy(resource, file);
      }
    }
  }

  private static void copy(URL resource, Path file) throws IOException {
    Path folder = Files.createDirectories(file.getParent());
    Path beside = Files.createTempFile(folder, ".copying", ".so");
    try {
      try (InputStream in = resource.openStream()) {
        Files.copy(in, beside, StandardCopyOption.REPLACE_EXISTING);
      }
      try {
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException elsewhere) {
        Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(beside);
    }
  }

  Path file(String name) {
    return folder.resolve(name);
  }
}
