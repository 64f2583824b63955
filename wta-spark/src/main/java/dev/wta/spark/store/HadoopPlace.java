package dev.wta.spark.store;

import dev.wta.models.shard.CheckpointPlace;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A folder for checkpoints on any file system of Hadoop. */
public final class HadoopPlace implements CheckpointPlace {
  private final Path folder;
  private final FileSystem system;

  public HadoopPlace(String folder, Configuration conf) throws IOException {
    this.folder = new Path(folder);
    system = this.folder.getFileSystem(conf);
  }

  @Override
  public OutputStream create(String name) throws IOException {
    return system.create(new Path(folder, name), true);
  }

  @Override
  public InputStream open(String name) throws IOException {
    return system.open(new Path(folder, name));
  }

  @Override
  public List<String> names() throws IOException {
    try {
      return Arrays.stream(system.listStatus(folder))
          .filter(FileStatus::isFile)
          .map(file -> file.getPath().getName())
          .sorted()
          .toList();
    } catch (FileNotFoundException none) {
      return List.of();
    }
  }

  @Override
  public void delete(String name) throws IOException {
    system.delete(new Path(folder, name), false);
  }

  @Override
  public String toString() {
    return folder.toString();
  }
}
