package dev.wta.data.arrow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.ElementType;
import dev.wta.data.io.MappedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A data set in several Arrow files, in the order that {@code state.json} beside them says: a
 * folder that Hugging Face's {@code save_to_disk} wrote.
 */
final class ShardedDataset implements Dataset {
  private static final String STATE = "state.json";
  private static final String SPLITS = "dataset_dict.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final List<Dataset> shards;

  /** The first row of each shard, and the number of all rows at the end. */
  private final int[] firstRows;

  private ShardedDataset(Path folder, List<Dataset> shards) {
    this.folder = folder;
    this.shards = shards;
    this.firstRows = new int[shards.size() + 1];
    Dataset first = shards.getFirst();
    for (int i = 0; i < shards.size(); i++) {
      Dataset shard = shards.get(i);
      if (!shard.sampleShape().equals(first.sampleShape())
          || shard.elementType() != first.elementType()
          || shard.labelled() != first.labelled()
          || !shard.classNames().equals(first.classNames())) {
        throw new WtaException(
            "%s differs from %s in the samples' shape, their type or their classes"
                .formatted(shard.name(), first.name()),
            "write the data set again");
      }
      long rows = (long) firstRows[i] + shard.size();
      if (rows > Integer.MAX_VALUE) {
        throw new WtaException(
            "%s has more than %d samples".formatted(folder, Integer.MAX_VALUE), "split it");
      }
      firstRows[i + 1] = (int) rows;
    }
  }

  /**
   * Opens all files of a folder.
   *
   * @param names of the samples' column, the preferred ones first
   * @throws WtaException if it is no such folder, or one of its files cannot be read
   */
  static ShardedDataset open(Path folder, List<String> names) {
    List<Dataset> shards = new ArrayList<>();
    try {
      for (Path file : files(folder)) {
        shards.add(ArrowDataset.openAny(MappedFile.open(file), names));
      }
      return new ShardedDataset(folder, shards);
    } catch (RuntimeException | Error failed) {
      shards.forEach(Dataset::close);
      throw failed;
    }
  }

  private static List<Path> files(Path folder) {
    try {
      if (!Files.exists(folder.resolve(STATE))) {
        throw noDataset(folder);
      }
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
    } catch (JsonProcessingException damaged) {
      throw new WtaException(
          "%s in %s is damaged".formatted(STATE, folder), "write the data set again", damaged);
    } catch (IOException unreadable) {
      throw new WtaException(
          "%s cannot be read: %s".formatted(folder, unreadable),
          "check its permissions and its disk",
          unreadable);
    }
  }

  /** Says what there is in a folder that is no data set. */
  private static WtaException noDataset(Path folder) throws IOException {
    if (Files.exists(folder.resolve(SPLITS))) {
      List<String> splits = new ArrayList<>();
      JSON.readTree(Files.readString(folder.resolve(SPLITS)))
          .path("splits")
          .forEach(split -> splits.add(split.asText()));
      return new WtaException(
          "%s is a folder of several data sets: %s".formatted(folder, String.join(", ", splits)),
          "give one of them"
              + (splits.isEmpty() ? "" : ", such as " + folder.resolve(splits.getFirst())));
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<String> arrow =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".arrow"))
              .sorted()
              .toList();
      return new WtaException(
          "%s is a folder without the %s of Hugging Face's save_to_disk".formatted(folder, STATE),
          arrow.isEmpty()
              ? "give an Arrow file; 'wta import folder' makes one of pictures"
              : "give a file of it: " + String.join(", ", arrow));
    }
  }

  @Override
  public String name() {
    return folder.toString();
  }

  @Override
  public int size() {
    return firstRows[shards.size()];
  }

  @Override
  public Shape sampleShape() {
    return shards.getFirst().sampleShape();
  }

  @Override
  public ElementType elementType() {
    return shards.getFirst().elementType();
  }

  @Override
  public boolean labelled() {
    return shards.getFirst().labelled();
  }

  @Override
  public Optional<List<String>> classNames() {
    return shards.getFirst().classNames();
  }

  @Override
  public int[] labels() {
    int[] labels = new int[size()];
    for (int i = 0; i < shards.size(); i++) {
      System.arraycopy(shards.get(i).labels(), 0, labels, firstRows[i], shards.get(i).size());
    }
    return labels;
  }

  @Override
  public void read(int from, int count, float[] target, int offset) {
    Objects.checkFromIndexSize(from, count, size());
    int width = Math.toIntExact(sampleShape().size());
    int place = Arrays.binarySearch(firstRows, from);
    int shard = place >= 0 ? place : -place - 2;
    int row = from;
    while (row < from + count) {
      int rows = Math.min(from + count, firstRows[shard + 1]) - row;
      shards.get(shard).read(row - firstRows[shard], rows, target, offset + (row - from) * width);
      row += rows;
      shard++;
    }
  }

  @Override
  public void close() {
    shards.forEach(Dataset::close);
  }
}
