package dev.wta.data.arrow;

import dev.wta.api.WtaException;
import dev.wta.data.Dataset;
import dev.wta.data.array.NpyArray;
import dev.wta.data.array.SafetensorsArray;
import dev.wta.data.io.MappedFile;
import dev.wta.data.parquet.ParquetFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What people give as data: a file of samples, or a folder of files that belong together. */
public final class DatasetFile {
  private static final Logger log = LoggerFactory.getLogger(DatasetFile.class);

  private static final Pattern SHARD = Pattern.compile(".*-(\\d+)-of-(\\d+)\\.\\w+");
  private static final Pattern SPLIT = Pattern.compile("(.+):([\\w.-]+)");

  private DatasetFile() {}

  /**
   * Opens an Arrow file as {@link ArrowDataset#open} does, sparse codes, a Parquet, {@code .npy} or
   * {@code .safetensors} file, or a folder: one that Hugging Face's {@code save_to_disk} wrote, of
   * a {@code DatasetDict} with the split as in {@code folder:train}, or one of numbered files.
   *
   * @throws WtaException if it cannot be read
   */
  public static Dataset open(Path path) {
    return open(path, ReadOptions.DEFAULTS);
  }

  /**
   * Opens what a transcoder is to make of samples: as {@link #open(Path)}, but of several columns
   * it takes the one named {@code target}, so that one file may hold both.
   *
   * @throws WtaException if it cannot be read
   */
  public static Dataset openTarget(Path path) {
    return open(path, ReadOptions.TARGET);
  }

  /**
   * As {@link #open(Path)}, with what the file does not say.
   *
   * @throws WtaException if it cannot be read so
   */
  public static Dataset open(Path path, ReadOptions options) {
    Matcher split = SPLIT.matcher(path.toString());
    if (!Files.exists(path) && split.matches() && Files.isDirectory(Path.of(split.group(1)))) {
      return DatasetFolder.open(
          DatasetFolder.split(Path.of(split.group(1)), split.group(2)), options);
    }
    if (Files.isDirectory(path)) {
      return DatasetFolder.open(path, options);
    }
    Matcher shard = SHARD.matcher(path.getFileName().toString());
    if (shard.matches() && Long.parseLong(shard.group(2)) > 1) {
      log.warn("{} is one of {} files: give their folder for all", path, shard.group(2));
    }
    return openFile(path, options);
  }

  /** Opens a file, without a look at others beside it. */
  static Dataset openFile(Path path, ReadOptions options) {
    String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".npy")) {
      requireNoColumn(path, options, options.column());
      return NpyArray.open(path, options.rows());
    }
    if (name.endsWith(".safetensors")) {
      requireNoColumn(path, options, Optional.empty());
      return SafetensorsArray.open(path, options.column(), options.rows());
    }
    MappedFile file = MappedFile.open(path);
    return ArrowDataset.openAny(
        ParquetFile.is(file) ? ParquetCopy.of(file, options) : file, options);
  }

  private static void requireNoColumn(Path path, ReadOptions options, Optional<String> column) {
    column
        .or(options::label)
        .or(() -> options.drop().map(ReadOptions.Drop::column))
        .ifPresent(
            name -> {
              throw new WtaException(
                  "%s is an array, without a column '%s'".formatted(path, name),
                  "leave the option out, or write Arrow");
            });
  }
}
