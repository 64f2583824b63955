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

/** Small IDX files of pictures in three classes: a row, a column or a diagonal, and some noise. */
final class TinyData {
  static final int SIDE = 6;
  private static final int CLASSES = 3;
  private static final int MNIST_SIDE = 28;
  private static final int MNIST_SAMPLES = 300;

  private TinyData() {}

  /** Writes {@code NAME-images.idx} and {@code NAME-labels.idx.gz} of so many samples. */
  static void writeIdx(Path directory, String name, int samples, long seed) {
    write(directory.resolve(name + "-images.idx"), pictures(samples, SIDE, seed));
    write(directory.resolve(name + "-labels.idx.gz"), labels(samples));
  }

  /**
   * Writes a file of MNIST's name and form with few samples: pictures or labels, compressed or not,
   * as the name says.
   */
  static void writeMnistLike(Path file) {
    String name = file.getFileName().toString();
    write(
        file,
        name.contains("images")
            ? pictures(MNIST_SAMPLES, MNIST_SIDE, name.hashCode())
            : labels(MNIST_SAMPLES));
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

  private static byte[] labels(int samples) {
    byte[] labels = new byte[samples];
    for (int i = 0; i < samples; i++) {
      labels[i] = (byte) (i % CLASSES);
    }
    return idx(labels, samples);
  }

  private static byte[] pictures(int samples, int side, long seed) {
    Random random = new Random(seed);
    byte[] pictures = new byte[samples * side * side];
    for (int i = 0; i < samples; i++) {
      int at = random.nextInt(side);
      for (int row = 0; row < side; row++) {
        for (int column = 0; column < side; column++) {
          boolean on =
              switch (i % CLASSES) {
                case 0 -> row == at;
                case 1 -> column == at;
                default -> (row + at) % side == column;
              };
          pictures[(i * side + row) * side + column] = (byte) ((on ? 200 : 0) + random.nextInt(56));
        }
      }
    }
    return idx(pictures, samples, side, side);
  }

  private static byte[] idx(byte[] values, int... extents) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(0x800 + extents.length); // unsigned bytes
      for (int extent : extents) {
        out.writeInt(extent);
      }
      out.write(values);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return bytes.toByteArray();
  }

  private static void write(Path file, byte[] content) {
    try {
      Files.createDirectories(file.getParent());
      try (OutputStream plain = Files.newOutputStream(file);
          OutputStream out =
              file.toString().endsWith(".gz") ? new GZIPOutputStream(plain) : plain) {
        out.write(content);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
