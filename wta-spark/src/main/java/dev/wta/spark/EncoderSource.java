package dev.wta.spark;

import dev.wta.api.backend.Backend;
import dev.wta.models.Encoder;
import dev.wta.models.run.RunDirectory;
import dev.wta.spark.store.RunStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Where an executor gets a model from.
 *
 * @param key differs where the parameters or the configuration do
 * @param run its path
 * @param files those that an encoder is made of
 * @param conf of Hadoop
 * @param contents the files' bytes, in their order, where the path is one of the driver's machine
 *     alone; null where executors read the path
 */
record EncoderSource(
    String key,
    String run,
    List<String> files,
    Broadcast<SerializableConfiguration> conf,
    Broadcast<List<byte[][]>> contents)
    implements Serializable {
  private static final int CHUNK = 1 << 26;

  /** Opens the encoder; its backend is closed after it. */
  Encoder open(Backend backend) {
    return RunStore.withFolder(
        folder -> {
          if (contents == null) {
            RunStore.fetch(run, files, conf.value().value(), folder);
          } else {
            unpack(folder);
          }
          return RunDirectory.open(folder).encoder(backend);
        });
  }

  private void unpack(Path folder) throws IOException {
    for (int i = 0; i < files.size(); i++) {
      Path file = folder.resolve(files.get(i));
      Files.createDirectories(file.getParent());
      try (OutputStream out = Files.newOutputStream(file)) {
        for (byte[] chunk : contents.value().get(i)) {
          out.write(chunk);
        }
      }
    }
  }

  /** The bytes of a run's files, each in chunks, so that one may be larger than an array. */
  static List<byte[][]> read(String run, List<String> files, Configuration conf) {
    List<byte[][]> contents = new ArrayList<>();
    try {
      for (String file : files) {
        List<byte[]> chunks = new ArrayList<>();
        try (InputStream in = RunStore.open(run, file, conf)) {
          for (byte[] chunk = in.readNBytes(CHUNK); chunk.length > 0; ) {
            chunks.add(chunk);
            chunk = in.readNBytes(CHUNK);
          }
        }
        contents.add(chunks.toArray(byte[][]::new));
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    return contents;
  }
}
