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
import java.util.Comparator;
import java.util.List;
import java.util.Set;
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
  private static final ObjectMapper JSON = new ObjectMapper();

  private DatasetFolder() {}

  /**
   * Opens all files of a folder.
   *
   * @throws WtaException if it is no such folder, or one of its files cannot be read
   */
  static Dataset open(Path folder, ReadOptions options) {
    List<Dataset> shards = new ArrayList<>();
    try {
      for (Path file : files(folder)) {
        shards.add(DatasetFile.openFile(file, options));
      }
      return new ConcatenatedDataset(folder.toString(), shards);
    } catch (RuntimeException | Error failed) {
      shards.forEach(Dataset::close);
      throw failed;
    }
  }

  /**
   * A part of a folder of several data sets.
   *
   * @throws WtaException if there is none of that name
   */
  static Path split(Path folder, String name) {
    Path split = folder.resolve(name);
    if (Files.isDirectory(split)) {
      return split;
    }
    List<String> splits = reading(folder, () -> splits(folder));
    throw new WtaException(
        "%s has no split '%s'".formatted(folder, name),
        splits.isEmpty() ? "give the folder itself" : "it has " + String.join(", ", splits));
  }

  private static List<Path> files(Path folder) {
    return reading(
        folder, () -> Files.exists(folder.resolve(STATE)) ? inState(folder) : numbered(folder));
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
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files =
          all.filter(file -> ENDINGS.contains(ending(file)))
              .sorted(Comparator.comparing(file -> naturally(file.getFileName().toString())))
              .toList();
    }
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
          "give one of them, or a folder of the shards alone");
    }
    return files;
  }

  private static String ending(Path file) {
    String name = file.getFileName().toString();
    return name.startsWith(".") ? "" : name.substring(name.lastIndexOf('.') + 1);
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
