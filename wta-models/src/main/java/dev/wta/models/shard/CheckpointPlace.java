package dev.wta.models.shard;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/**
 * Where a sharded training keeps its checkpoints: a folder that all ranks see, on whatever file
 * system. Names are flat: letters, digits, points and hyphens. Calls may come from every rank at
 * once, for different names.
 */
public interface CheckpointPlace {
  /** Begins a file, in place of one of that name; it is there in full once the stream is closed. */
  OutputStream create(String name) throws IOException;

  /**
   * Opens a file.
   *
   * @throws java.io.FileNotFoundException or {@link java.nio.file.NoSuchFileException} if there is
   *     none
   */
  InputStream open(String name) throws IOException;

  /** The names of all files; none where the place does not exist yet. */
  List<String> names() throws IOException;

  /** Deletes a file if it is there. */
  void delete(String name) throws IOException;
}
