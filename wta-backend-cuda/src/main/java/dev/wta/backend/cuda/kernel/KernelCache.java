package dev.wta.backend.cuda.kernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compiled kernels on disk, by all that went into them. Files are written beside their place and
 * renamed, so that programs which start at the same time may share it. A cache that cannot be read
 * or written costs the time to compile and nothing else.
 *
 * @param folder empty to keep nothing
 */
public record KernelCache(Optional<Path> folder) {
  /** Another folder for the cache, or {@code off}. */
  public static final String PROPERTY = "wta.cuda.cache";

  private static final Logger log = LoggerFactory.getLogger(KernelCache.class);

  /** The user's: {@code $XDG_CACHE_HOME/wta/kernels}, or {@code ~/.cache/wta/kernels}. */
  public static KernelCache ofUser() {
    return of(
        System.getProperty(PROPERTY, ""), System.getenv(), System.getProperty("user.home", ""));
  }

  static KernelCache of(String property, Map<String, String> environment, String home) {
    if (property.equals("off")) {
      return new KernelCache(Optional.empty());
    }
    if (!property.isBlank()) {
      return new KernelCache(Optional.of(Path.of(property)));
    }
    String caches = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path base = caches.isBlank() ? Path.of(home, ".cache") : Path.of(caches);
    return new KernelCache(Optional.of(base.resolve("wta").resolve("kernels")));
  }

  /**
   * What was made of {@code key} before, or what {@code compiler} makes of it now.
   *
   * @param name for people who look into the folder
   */
  byte[] get(String name, List<String> key, Supplier<byte[]> compiler) {
    if (folder.isEmpty()) {
      return compiler.get();
    }
    Path file = folder.get().resolve(name + "-" + digest(key) + ".image");
    try {
      byte[] image = Files.readAllBytes(file);
      if (image.length > 0) {
        return image;
      }
    } catch (IOException notThere) {
      log.debug("no compiled kernel {}", file, notThere);
    }
    byte[] image = compiler.get();
    try {
      store(image, file);
    } catch (IOException unwritable) {
      log.debug("the compiled kernel {} is not kept", file, unwritable);
    }
    return image;
  }

  private static void store(byte[] image, Path file) throws IOException {
    Path folder = Files.createDirectories(file.getParent());
    Path beside = Files.createTempFile(folder, ".compiling", ".image");
    try {
      Files.write(beside, image);
      try {
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException plain) {
        Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(beside);
    }
  }

  private static String digest(List<String> key) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part : key) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
        digest.update(bytes);
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 16);
    } catch (NoSuchAlgorithmException impossible) { // every JDK has it
      throw new IllegalStateException(impossible);
    }
  }
}
