package dev.wta.data.arrow;

import dev.wta.data.Dataset;
import dev.wta.data.io.MappedFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What people give as data: an Arrow file, or a folder of them that belong together. */
public final class DatasetFile {
  private static final Logger log = LoggerFactory.getLogger(DatasetFile.class);

  private static final Pattern SHARD = Pattern.compile(".*-(\\d+)-of-(\\d+)\\.arrow");

  private DatasetFile() {}

  /**
   * Opens a file as {@link ArrowDataset#open} does, or a folder that Hugging Face's {@code
   * save_to_disk} wrote: all its files, in the order that its {@code state.json} says.
   *
   * @throws dev.wta.api.WtaException if it cannot be read
   */
  public static Dataset open(Path path) {
    return open(path, SampleColumn.NAMES);
  }

  /**
   * Opens what a transcoder is to make of samples: as {@link #open}, but of several columns it
   * takes the one named {@code target}, so that one file may hold both.
   *
   * @throws dev.wta.api.WtaException if it cannot be read
   */
  public static Dataset openTarget(Path path) {
    return open(path, SampleColumn.TARGET_NAMES);
  }

  private static Dataset open(Path path, List<String> names) {
    if (Files.isDirectory(path)) {
      return ShardedDataset.open(path, names);
    }
    Matcher shard = SHARD.matcher(path.getFileName().toString());
    if (shard.matches() && Long.parseLong(shard.group(2)) > 1) {
      log.warn("{} is one of {} files: give their folder for all", path, shard.group(2));
    }
    return ArrowDataset.openAny(MappedFile.open(path), names);
  }
}
