package dev.wta.data.arrow;

import dev.wta.api.WtaException;
import dev.wta.data.Dataset;
import dev.wta.data.array.NpyArray;
import dev.wta.data.array.SafetensorsArray;
import dev.wta.data.io.ForeignFormat;
import dev.wta.data.io.MappedFile;
import dev.wta.data.parquet.ParquetFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens data sets: a file of samples, or a folder of files that belong together. */
public final class DatasetFile {
  private static final Logger log = LoggerFactory.getLogger(DatasetFile.class);

  private static final Pattern SPLIT = Pattern.compile("(.+):([\\w.-]+)");

  private DatasetFile() {}

  /**
   * Opens an Arrow file as {@link ArrowDataset#open} does, sparse codes, a Parquet, {@code .npy} or
   * {@code .safetensors} file, or a folder: one that Hugging Face's {@code save_to_disk} wrote, or
   * one of numbered files; {@code folder:train} is a split of a {@code DatasetDict}, or the files
   * whose names begin so.
   *
   * @throws WtaException if it cannot be read
   */
  public static Dataset open(Path path) {
    return open(path, ReadOptions.DEFAULTS);
  }

  /**
   * Opens a transcoder's targets: as {@link #open(Path)}, but of several columns it takes the one
   * named {@code target}, so that one file may hold both.
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
    if (isSplit(path) || Files.isDirectory(path)) {
      return DatasetFolder.open(path.toString(), files(path), options);
    }
    Matcher shard = DatasetFolder.SHARD.matcher(path.getFileName().toString());
    if (shard.matches() && Long.parseLong(shard.group(2)) > 1) {
      log.warn("{} is one of {} files: give their folder for all", path, shard.group(2));
    }
    return openFile(path, options);
  }

  /**
   * Whether {@link #open} takes a path: a file whose name or beginning is that of a data set, or a
   * folder with such files. Opening it can still fail.
   */
  public static boolean is(Path path) {
    if (Files.isDirectory(path)) {
      return DatasetFolder.is(path);
    }
    return isSplit(path)
        || Files.isRegularFile(path) && (DatasetFolder.isNamedAsData(path) || beginsAsData(path));
  }

  /**
   * The integers of a column, in lists or not, of all files of a data set: such as the tokens that
   * activations belong to.
   *
   * @throws WtaException if a file is not of columns, or has no such column of integers
   */
  public static int[] integers(Path data, String column) {
    IntStream.Builder all = IntStream.builder();
    ReadOptions options = ReadOptions.DEFAULTS.drop(new ReadOptions.Drop(column, Set.of()));
    for (Path path : files(data)) {
      String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
      if (name.endsWith(".npy") || name.endsWith(".safetensors")) {
        requireNoColumn(path, options, Optional.of(column));
      }
      Uncompressed read = Uncompressed.of(columns(path, options));
      try (MappedFile file = read.file()) {
        IntegerColumn.read(file, read.index(), column, value -> all.add(number(file, value)));
      }
    }
    return all.build().toArray();
  }

  private static int number(MappedFile file, long value) {
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw new WtaException(
          "%s has the number %d where tokens should be".formatted(file.name(), value),
          "choose another column");
    }
    return (int) value;
  }

  /** The files of a data set, in their order. */
  private static List<Path> files(Path path) {
    if (isSplit(path)) {
      Matcher split = SPLIT.matcher(path.toString());
      split.matches();
      return DatasetFolder.files(Path.of(split.group(1)), split.group(2));
    }
    return Files.isDirectory(path) ? DatasetFolder.files(path) : List.of(path);
  }

  private static boolean beginsAsData(Path path) {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] beginning = in.readNBytes(ForeignFormat.BEGINNING_BYTES);
      return ForeignFormat.of(beginning)
          .map(format -> format == ForeignFormat.ARROW || format == ForeignFormat.PARQUET)
          .orElseGet(() -> ArrowStream.begins(beginning));
    } catch (IOException unreadable) {
      throw new WtaException(
          "%s cannot be read: %s".formatted(path, unreadable),
          "check its permissions and its disk",
          unreadable);
    }
  }

  private static boolean isSplit(Path path) {
    Matcher split = SPLIT.matcher(path.toString());
    return !Files.exists(path) && split.matches() && Files.isDirectory(Path.of(split.group(1)));
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
    return ArrowDataset.openAny(columns(path, options), options);
  }

  /** A file of columns, in Arrow's format. */
  private static MappedFile columns(Path path, ReadOptions options) {
    MappedFile file = MappedFile.open(path);
    return ParquetFile.is(file) ? ParquetCopy.of(file, options) : file;
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
