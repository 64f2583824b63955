package dev.wta.data.arrow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wta.api.WtaException;
import dev.wta.data.Dataset;
import dev.wta.data.array.ConcatenatedDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder of files that are one data set: in the order of {@code state.json} where Hugging Face's
 * {@code save_to_disk} wrote it, or else numbered ones by their numbers.
 */
final class DatasetFolder {
  private static final String STATE = "state.json";
  private static final String SPLITS = "dataset_dict.json";
  private static final Set<String> ENDINGS =
      Set.of("arrow", "arrows", "feather", "npy", "parquet", "safetensors");

  /** Where the files of a data set on Hugging Face's hub lie. */
  private static final String DATA = "data";

  /** The file is one of so many: {@code train-00000-of-00002.parquet}. */
  static final Pattern SHARD = Pattern.compile(".*-(\\d+)-of-(\\d+)(?:-\\w+)?\\.\\w+");

  /** What files are called that belong together, or a single one. */
  private static final Pattern NUMBERED =
      Pattern.compile("(.+?)(?:[-_.]\\d+(?:-of-\\d+(?:-\\w+)?)?)?\\.\\w+");

  private static final ObjectMapper JSON = new ObjectMapper();

  private DatasetFolder() {}

  /** Whether a folder, or the folder data in it, holds files that can be data. */
  static boolean is(Path folder) {
    return Files.exists(folder.resolve(STATE))
        || Files.exists(folder.resolve(SPLITS))
        || !reading(folder, () -> dataFiles(folder)).isEmpty();
  }

  /** Whether a file is called as data is. */
  static boolean isNamedAsData(Path file) {
    return ENDINGS.contains(ending(file));
  }

  /**
   * Opens files as one data set.
   *
   * @param name what messages call it
   * @throws WtaException if one of them cannot be read
   */
  static Dataset open(String name, List<Path> files, ReadOptions options) {
    List<Dataset> shards = new ArrayList<>();
    try {
      for (Path file : files) {
        shards.add(DatasetFile.openFile(file, options));
      }
      return new ConcatenatedDataset(name, shards);
    } catch (RuntimeException | Error failed) {
      shards.forEach(Dataset::close);
      throw failed;
    }
  }

  /**
   * All files of a folder.
   *
   * @throws WtaException if they are no data set
   */
  static List<Path> files(Path folder) {
    return reading(
        folder, () -> Files.exists(folder.resolve(STATE)) ? inState(folder) : numbered(folder));
  }

  /**
   * The files of a part of a folder of several data sets: of a folder in it, or those that are
   * named after it, such as {@code train-00000-of-00002.parquet}.
   *
   * @throws WtaException if there is none of that name
   */
  static List<Path> files(Path folder, String split) {
    Path within = folder.resolve(split);
    return Files.isDirectory(within)
        ? files(within)
        : reading(folder, () -> ofSplit(folder, split));
  }

  private static List<Path> ofSplit(Path folder, String name) throws IOException {
    List<String> folders = splits(folder);
    Map<String, List<Path>> files =
        dataFiles(folder).stream()
            .collect(
                Collectors.groupingBy(DatasetFolder::splitOf, TreeMap::new, Collectors.toList()));
    if (!files.containsKey(name)) {
      List<String> splits = Stream.of(folders, files.keySet()).flatMap(Collection::stream).toList();
      throw new WtaException(
          "%s has no split '%s'".formatted(folder, name),
          splits.isEmpty() ? "give the folder itself" : "it has " + String.join(", ", splits));
    }
    return complete(files.get(name));
  }

  /** What a file's name begins with, before its number. */
  private static String splitOf(Path file) {
    return NUMBERED.matcher(file.getFileName().toString()).replaceFirst("$1");
  }

  /** Refuses shards of which the names say that there are more. */
  private static List<Path> complete(List<Path> files) {
    for (Path file : files) {
      Matcher shard = SHARD.matcher(file.getFileName().toString());
      long all = shard.matches() ? Long.parseLong(shard.group(2)) : files.size();
      if (all > files.size()) {
        throw new WtaException(
            "%s is one of %d files, of which %d is there".formatted(file, all, files.size()),
            "get the others, or give the files by themselves");
      }
    }
    return files;
  }

  private static List<Path> inState(Path folder) throws IOException {
    JsonNode state = JSON.readTree(Files.readString(folder.resolve(STATE)));
    if (!state.path("_indices_files").isEmpty() || !state.path("_indices_data_files").isEmpty()) {
      throw new WtaException(
          folder + " is a selection of other rows than its files hold",
          "write it with ds.flatten_indices().save_to_disk(...)");
    }
    List<Path> files = new ArrayList<>();
    for (JsonNode file : state.path("_data_files")) {
      files.add(folder.resolve(Path.of(file.path("filename").asText()).getFileName()));
    }
    if (files.isEmpty()) {
      throw new WtaException(
          "%s in %s names no files".formatted(STATE, folder), "write the data set again");
    }
    return files;
  }

  private static List<String> splits(Path folder) throws IOException {
    List<String> splits = new ArrayList<>();
    if (Files.exists(folder.resolve(SPLITS))) {
      JSON.readTree(Files.readString(folder.resolve(SPLITS)))
          .path("splits")
          .forEach(split -> splits.add(split.asText()));
    }
    return splits;
  }

  /** The files of a folder, if their names differ in numbers alone. */
  private static List<Path> numbered(Path folder) throws IOException {
    List<String> splits = splits(folder);
    if (!splits.isEmpty() || Files.exists(folder.resolve(SPLITS))) {
      throw new WtaException(
          "%s is a folder of several data sets: %s".formatted(folder, String.join(", ", splits)),
          "give one of them"
              + (splits.isEmpty() ? "" : ": %s:%s".formatted(folder, splits.getFirst())));
    }
    List<Path> files = dataFiles(folder);
    if (files.isEmpty()) {
      throw new WtaException(
          "%s is a folder without the %s of Hugging Face's save_to_disk, or files that end with %s"
              .formatted(
                  folder, STATE, ENDINGS.stream().sorted().collect(Collectors.joining(", "))),
          "give a file; 'wta import folder' makes one of pictures");
    }
    String names =
        files.stream().map(file -> file.getFileName().toString()).collect(Collectors.joining(", "));
    long kinds =
        files.stream()
            .map(file -> file.getFileName().toString().replaceAll("\\d+", "0"))
            .distinct()
            .count();
    if (kinds > 1) {
      throw new WtaException(
          "%s holds files that differ in more than a number: %s".formatted(folder, names),
          "give one of them, those that begin alike as %s:%s, or a folder of the shards alone"
              .formatted(folder, splitOf(files.getFirst())));
    }
    return complete(files);
  }

  /**
   * The files that can be data, by their names and the numbers in them; in the folder data of it,
   * if there are none beside that.
   */
  private static List<Path> dataFiles(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files =
          all.filter(DatasetFolder::isNamedAsData)
              .sorted(Comparator.comparing(file -> naturally(file.getFileName().toString())))
              .toList();
    }
    Path data = folder.resolve(DATA);
    return files.isEmpty() && Files.isDirectory(data) ? dataFiles(data) : files;
  }

  private static String ending(Path file) {
    String name = file.getFileName().toString();
    return name.startsWith(".")
        ? ""
        : name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  /** A name whose order as text is that of the numbers in it. */
  private static String naturally(String name) {
    StringBuilder key = new StringBuilder();
    for (String part : name.split("(?<=\\D)(?=\\d)|(?<=\\d)(?=\\D)", -1)) {
      String digits = part.replaceFirst("^0+(?=\\d)", "");
      boolean number = !digits.isEmpty() && Character.isDigit(digits.charAt(0));
      key.append(number ? "%05d".formatted(digits.length()) + digits : part);
    }
    return key.toString();
  }

  /** Something that reads a folder. */
  private interface Reading<T> {
    T read() throws IOException;
  }

  private static <T> T reading(Path folder, Reading<T> reading) {
    try {
      return reading.read();
    } catch (JsonProcessingException damaged) {
      throw new WtaException(
          "%s or %s in %s is damaged".formatted(STATE, SPLITS, folder),
          "write the data set again",
          damaged);
    } catch (IOException unreadable) {
      throw new WtaException(
          "%s cannot be read: %s".formatted(folder, unreadable),
          "check its permissions and its disk",
          unreadable);
    }
  }
}
