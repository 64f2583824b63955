package dev.wta.models.run;

import dev.wta.api.WtaException;
import dev.wta.models.io.WriteFailures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The names of the files that belong to a run. */
final class RunFiles {
  private static final Pattern OWN =
      Pattern.compile(
          "(config\\.json|state\\.json|evaluation\\.json|(model|trainer|preprocessing)\\.safetensors)(\\.next)?"
              + "|metrics\\.jsonl(\\.next|\\.unread)?|preprocessed\\.arrow|\\.lock");

  /** Files that are only ever added: of events, no run writes over another's. */
  private static final Pattern ADDED =
      Pattern.compile("events\\.out\\.tfevents\\..*|unread\\..*\\.events");

  /** What the layer above a layer is trained on; in other runs, a name that users give. */
  private static final String FEATURES = "features.arrow";

  private static final Pattern PROBE = Pattern.compile(".*\\.json(\\.next)?");

  /** The files of a run that was killed before it had a configuration. */
  private static final Pattern BEGUN =
      Pattern.compile("\\.lock|(config\\.json|preprocessing\\.safetensors)(\\.next)?");

  /** A run, its layers' folder, a layer, and the layer's probes. */
  private static final int DEPTH = 4;

  private RunFiles() {}

  /** The run that {@code file}, an absolute path, is a file of. */
  static Optional<Path> owner(Path file) {
    Path folder = file.getParent();
    if (folder == null) {
      return Optional.empty();
    }
    String name = name(file);
    if (RunDirectory.holdsRun(folder)) {
      return isOwn(file) || ADDED.matcher(name).matches() ? Optional.of(folder) : Optional.empty();
    }
    Path above = folder.getParent();
    return above != null
            && name(folder).equals(RunDirectory.PROBES)
            && RunDirectory.holdsRun(above)
            && PROBE.matcher(name).matches()
        ? Optional.of(above)
        : Optional.empty();
  }

  static List<Path> in(Path run) {
    try (Stream<Path> files = Files.walk(run, DEPTH)) {
      return files
          .filter(file -> owner(file.toAbsolutePath()).isPresent() && Files.isRegularFile(file))
          .toList();
    } catch (IOException unreadable) {
      throw WriteFailures.reading(run, unreadable);
    }
  }

  /**
   * Checks that a run which begins in {@code folder} writes over nothing.
   *
   * @throws WtaException if a file there has the name of one of a run's
   */
  static void requireNoneOf(Path folder) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    boolean begun = Files.exists(folder.resolve(RunLock.NAME));
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(RunFiles::isOwn)
          .filter(file -> !begun || !BEGUN.matcher(name(file)).matches())
          .sorted()
          .findFirst()
          .ifPresent(
              file -> {
                throw new WtaException(
                    "%s is in the way of a run, which has a file of that name".formatted(file),
                    "choose another folder, or move that file away");
              });
    } catch (IOException unreadable) {
      throw WriteFailures.reading(folder, unreadable);
    }
  }

  /** Deletes the files of a run without layers, and its folder if it is empty then. */
  static void remove(Path run) {
    if (!Files.isDirectory(run)) {
      return;
    }
    try (Stream<Path> files = Files.list(run)) {
      boolean others = false;
      for (Path file : files.toList()) {
        boolean own = isOwn(file);
        others |= !own;
        if (own) {
          Files.delete(file);
        }
      }
      if (!others) {
        Files.delete(run);
      }
    } catch (IOException failed) {
      throw WriteFailures.writing(run, failed);
    }
  }

  /** Whether a file of a run's folder is the run's, by its name. */
  private static boolean isOwn(Path file) {
    Path layers = file.toAbsolutePath().getParent().getParent();
    return OWN.matcher(name(file)).matches()
        || layers != null
            && name(layers).equals(RunDirectory.LAYERS)
            && name(file).equals(FEATURES);
  }

  private static String name(Path file) {
    return file.getFileName() == null ? "" : file.getFileName().toString().toLowerCase(Locale.ROOT);
  }
}
