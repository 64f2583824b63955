package dev.wta.spark.store;

import dev.wta.api.WtaException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;

/** Run directories on file systems of Hadoop: their files, and copies of them. */
public final class RunStore {
  private static final Pattern RUN =
      Pattern.compile(
          "(layers/[0-9]+/)?(config\\.json|state\\.json|metrics\\.jsonl|events\\.out\\.tfevents\\..*"
              + "|(model|trainer|preprocessing)\\.safetensors|probes/[^/]+\\.json)");
  private static final Pattern ENCODER =
      Pattern.compile(
          "(layers/[0-9]+/)?(config\\.json|state\\.json|(model|preprocessing)\\.safetensors)");

  /** All files of a run, without those that only exist while it is being trained. */
  public static final Predicate<String> WHOLE = RUN.asMatchPredicate();

  /** The files that an encoder is made of. */
  public static final Predicate<String> FOR_ENCODING = ENCODER.asMatchPredicate();

  private RunStore() {}

  /**
   * The names of a run's files, relative to its folder, sorted.
   *
   * @throws WtaException if the folder is no run, or cannot be read
   */
  public static List<String> files(String run, Configuration conf, Predicate<String> wanted) {
    org.apache.hadoop.fs.Path root = new org.apache.hadoop.fs.Path(run);
    List<String> names = new ArrayList<>();
    try {
      list(root.getFileSystem(conf), root, "", names);
    } catch (FileNotFoundException missing) {
      throw noRun(run, missing);
    } catch (IOException failed) {
      throw unreadable(run, failed);
    }
    names.removeIf(wanted.negate());
    if (!names.contains("config.json")) {
      throw noRun(run, null);
    }
    names.sort(Comparator.naturalOrder());
    return names;
  }

  private static void list(
      FileSystem system, org.apache.hadoop.fs.Path folder, String prefix, List<String> names)
      throws IOException {
    for (FileStatus entry : system.listStatus(folder)) {
      String name = prefix + entry.getPath().getName();
      if (entry.isDirectory()) {
        list(system, entry.getPath(), name + "/", names);
      } else {
        names.add(name);
      }
    }
  }

  /** Opens a file of a run for reading. */
  public static InputStream open(String run, String name, Configuration conf) throws IOException {
    org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path(run, name);
    return file.getFileSystem(conf).open(file);
  }

  /**
   * Copies files of a run into a folder of this machine.
   *
   * @throws WtaException if one cannot be read
   */
  public static void fetch(String run, List<String> names, Configuration conf, Path folder) {
    try {
      for (String name : names) {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        try (InputStream in = open(run, name, conf)) {
          Files.copy(in, file);
        }
      }
    } catch (IOException failed) {
      throw unreadable(run, failed);
    }
  }

  /**
   * Copies a run from one Hadoop path to another.
   *
   * @throws WtaException if a file cannot be copied
   */
  public static void copy(String run, String to, Configuration conf) {
    try {
      for (String name : files(run, conf, WHOLE)) {
        org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path(to, name);
        try (InputStream in = open(run, name, conf);
            OutputStream out = file.getFileSystem(conf).create(file, false)) {
          in.transferTo(out);
        }
      }
    } catch (IOException failed) {
      throw new WtaException(
          "%s cannot be copied to %s: %s".formatted(run, to, failed.getMessage()),
          "mend that, delete what is there, and save again",
          failed);
    }
  }

  /**
   * Lets a run be written beside its place first: it is there as a whole, or not at all.
   *
   * @param write gets the folder to write to, which does not exist yet
   */
  public static void publish(String to, Configuration conf, Consumer<HadoopPlace> write) {
    org.apache.hadoop.fs.Path beside = new org.apache.hadoop.fs.Path(to + ".next");
    org.apache.hadoop.fs.Path place = new org.apache.hadoop.fs.Path(to);
    try {
      FileSystem system = beside.getFileSystem(conf);
      system.delete(beside, true);
      write.accept(new HadoopPlace(beside.toString(), conf));
      system.delete(place, true);
      if (!system.rename(beside, place)) {
        throw new IOException("%s cannot be renamed to %s".formatted(beside, place));
      }
    } catch (IOException failed) {
      throw new WtaException(
          "%s cannot be written: %s".formatted(to, failed.getMessage()),
          "check the folder's permissions and space, and fit again",
          failed);
    }
  }

  /** Whether a run has a file or folder of that name. */
  public static boolean exists(String run, String name, Configuration conf) {
    org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path(run, name);
    try {
      return file.getFileSystem(conf).exists(file);
    } catch (IOException failed) {
      throw unreadable(run, failed);
    }
  }

  /** Whether a run is in a folder, or is it. */
  public static boolean sameOrWithin(String run, String folder, Configuration conf) {
    try {
      org.apache.hadoop.fs.Path above = qualified(folder, conf);
      org.apache.hadoop.fs.Path path = qualified(run, conf);
      while (path != null && !path.equals(above)) {
        path = path.getParent();
      }
      return path != null;
    } catch (IOException failed) {
      throw unreadable(run, failed);
    }
  }

  private static org.apache.hadoop.fs.Path qualified(String path, Configuration conf)
      throws IOException {
    org.apache.hadoop.fs.Path given = new org.apache.hadoop.fs.Path(path);
    return given.getFileSystem(conf).makeQualified(given);
  }

  /** Gives a copy of a run's configuration and state on this machine to {@code use}. */
  public static <T> T withDescription(String run, Configuration conf, Use<T> use) {
    List<String> names =
        files(run, conf, FOR_ENCODING.and(name -> !name.endsWith("model.safetensors")));
    return withFolder(
        folder -> {
          fetch(run, names, conf, folder);
          return use.of(folder);
        });
  }

  /** Makes a folder, and deletes it with all that is in it afterwards. */
  public static <T> T withFolder(Use<T> use) {
    try {
      Path folder = Files.createTempDirectory("wta-run-");
      try {
        return use.of(folder);
      } finally {
        delete(folder);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Receives a folder. */
  @FunctionalInterface
  public interface Use<T> {
    T of(Path folder) throws IOException;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static WtaException noRun(String run, Exception cause) {
    return new WtaException(
        "%s holds no run: it has no config.json".formatted(run),
        "give the folder of 'wta train --out', of WtaModel.save, or of an Estimator's checkpoints",
        cause);
  }

  /** The error of a run that cannot be read, with the remedy. */
  public static WtaException unreadable(String run, IOException failed) {
    return new WtaException(
        "%s cannot be read: %s".formatted(run, failed.getMessage()),
        "give a path that the driver and, unless it is a file of the driver, all executors can"
            + " read",
        failed);
  }
}
