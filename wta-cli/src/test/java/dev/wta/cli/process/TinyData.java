package dev.wta.cli.process;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/**
 * Small IDX files of 6x6 pictures in three classes: a bar, a column or a diagonal, and some noise.
 */
final class TinyData {
  static final int SIDE = 6;
  static final int CLASSES = 3;

  private TinyData() {}

  /** Writes {@code NAME-images.idx} and {@code NAME-labels.idx.gz} of so many samples. */
  static void writeIdx(Path directory, String name, int samples, long seed) {
    Random random = new Random(seed);
    byte[] pictures = new byte[samples * SIDE * SIDE];
    byte[] labels = new byte[samples];
    for (int i = 0; i < samples; i++) {
      labels[i] = (byte) (i % CLASSES);
      int at = random.nextInt(SIDE);
      for (int row = 0; row < SIDE; row++) {
        for (int column = 0; column < SIDE; column++) {
          boolean on =
              switch (labels[i]) {
                case 0 -> row == at;
                case 1 -> column == at;
                default -> (row + at) % SIDE == column;
              };
          pictures[(i * SIDE + row) * SIDE + column] = (byte) ((on ? 200 : 0) + random.nextInt(56));
        }
      }
    }
    try {
      Files.write(directory.resolve(name + "-images.idx"), idx(pictures, samples, SIDE, SIDE));
      try (OutputStream out =
          new GZIPOutputStream(Files.newOutputStream(directory.resolve(name + "-labels.idx.gz")))) {
        out.write(idx(labels, samples));
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Imports so many samples as {@code NAME.arrow}, with their labels. */
  static void importInto(Path directory, String name, int samples, long seed) {
    writeIdx(directory, name, samples, seed);
    Wta.in(directory)
        .succeed(
            "import",
            "idx",
            "--images",
            name + "-images.idx",
            "--labels",
            name + "-labels.idx.gz",
            "--out",
            name + ".arrow");
  }

  private static byte[] idx(byte[] values, int... extents) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(0x800 + extents.length); // unsigned bytes
    for (int extent : extents) {
      out.writeInt(extent);
    }
    out.write(values);
    return bytes.toByteArray();
  }
}
