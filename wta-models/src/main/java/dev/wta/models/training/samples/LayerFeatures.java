package dev.wta.models.training.samples;

import dev.wta.api.WtaException;
import dev.wta.models.run.RunDirectory;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The files of a layer's features, on which the layer above is trained: {@code
 * layers/1/features.arrow} of a run, or a folder of their own where no run is kept. A file is there
 * only when it is whole.
 */
public final class LayerFeatures implements AutoCloseable {
  private static final String FILE = "features.arrow";
  private static final String UNFINISHED = "." + FILE + ".*";

  private final Path folder;
  private final boolean temporary;

  private LayerFeatures(Path folder, boolean temporary) {
    this.folder = folder;
    this.temporary = temporary;
  }

  /** Those of a run; what a kill left of their writing is removed. */
  public static LayerFeatures in(Path run) {
    LayerFeatures features = new LayerFeatures(run, false);
    for (int number = 1; Files.isDirectory(RunDirectory.layer(run, number)); number++) {
      for (Path unfinished : features.unfinished(number)) {
        delete(unfinished);
      }
    }
    return features;
  }

  /** In a folder that is gone after {@link #close}. */
  public static LayerFeatures temporary() {
    try {
      return new LayerFeatures(Files.createTempDirectory("wta-features"), true);
    } catch (IOException failed) {
      throw new WtaException(
          "there is no room for the features of layers in the system's folder for temporary files: "
              + failed,
          "keep the run in a directory",
          failed);
    }
  }

  /** Where the features of a layer are, or will be, in a folder that is there. */
  public Path of(int number) {
    Path layer = RunDirectory.layer(folder, number);
    try {
      Files.createDirectories(layer);
    } catch (IOException failed) {
      throw unwritable(layer, failed);
    }
    return layer.resolve(FILE);
  }

  /** Whether the features of a layer wait there, whole. */
  public boolean written(int number) {
    return Files.exists(of(number));
  }

  /** Removes the features of a layer, if they are there. */
  public void remove(int number) {
    delete(RunDirectory.layer(folder, number).resolve(FILE));
  }

  /** Removes those of so many layers. */
  public void removeAll(int layers) {
    for (int number = 1; number <= layers; number++) {
      remove(number);
    }
  }

  @Override
  public void close() {
    if (!temporary) {
      return;
    }
    try (var files = Files.walk(folder)) {
      files.sorted((one, other) -> other.compareTo(one)).forEach(LayerFeatures::delete);
    } catch (IOException failed) {
      throw unwritable(folder, failed);
    }
  }

  private List<Path> unfinished(int number) {
    List<Path> files = new ArrayList<>();
    Path layer = RunDirectory.layer(folder, number);
    try (DirectoryStream<Path> found = Files.newDirectoryStream(layer, UNFINISHED)) {
      found.forEach(files::add);
    } catch (IOException failed) {
      throw unwritable(layer, failed);
    }
    return files;
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException failed) {
      throw unwritable(file, failed);
    }
  }

  private static WtaException unwritable(Path path, IOException failed) {
    return new WtaException(
        "%s cannot be written: %s".formatted(path, failed),
        "check its permissions and its disk",
        failed);
  }
}
