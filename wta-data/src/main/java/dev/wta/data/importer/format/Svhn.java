package dev.wta.data.importer.format;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.ElementType;
import dev.wta.data.importer.ArrowImport;
import dev.wta.data.importer.ImportSummary;
import dev.wta.data.importer.ImportTarget;
import dev.wta.data.importer.SampleChunk;
import dev.wta.data.importer.SampleSource;
import dev.wta.data.importer.SourceFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;

/**
 * Imports SVHN's cropped digits: MATLAB files with {@code X}, uint8 of {@code (32, 32, 3, n)}, and
 * {@code y}, the labels 1 to 10, of which 10 stands for the digit 0.
 */
public final class Svhn {
  private static final int SIDE = 32;
  private static final int CHANNELS = 3;
  private static final int AREA = SIDE * SIDE;
  private static final int VALUES = CHANNELS * AREA;
  private static final int ZERO = 10;

  private Svhn() {}

  /**
   * Writes images, {@code (3, 32, 32)}, and their digits as labels to an Arrow file, which replaces
   * what was there.
   *
   * @param source such as {@code train_32x32.mat}
   * @throws WtaException if it is missing, damaged or of another form, or the target cannot be
   *     written
   */
  public static ImportSummary convert(Path source, ImportTarget target) {
    SourceFile.requireFile(source, "a file such as train_32x32.mat", target.out());
    try (MatFile file = MatFile.open(source, target.out(), "X", "y");
        Digits digits = new Digits(source, file)) {
      Map<String, String> provenance = new LinkedHashMap<>();
      provenance.put("wta.import", "svhn");
      provenance.put("wta.source", source.getFileName().toString());
      return ArrowImport.write(digits, provenance, target);
    }
  }

  /** What an open file holds; its opener closes it. */
  private static final class Digits implements SampleSource {
    private final Path source;
    private final Matrix pictures;
    private final Matrix labels;
    private final int size;
    private int next;

    Digits(Path source, MatFile file) {
      this.source = source;
      this.pictures = file.matrix("X");
      this.labels = file.matrix("y");
      int[] extents = pictures.getDimensions();
      boolean one = extents.length == 3; // MATLAB drops a last extent of 1
      if (!(one || extents.length == 4)
          || !Arrays.equals(Arrays.copyOf(extents, 3), new int[] {SIDE, SIDE, CHANNELS})) {
        throw new WtaException(
            "X in %s has the extents %s, and not 32x32x3 and a number of images"
                .formatted(source, Arrays.toString(extents)),
            "give a file of the cropped digits, such as train_32x32.mat");
      }
      if (pictures.getType() != MatlabType.UInt8) {
        throw new WtaException(
            "X in %s is of type %s".formatted(source, pictures.getType()),
            "give a file of uint8, such as train_32x32.mat");
      }
      this.size = one ? 1 : extents[3];
      int given = labels.getNumElements();
      if (given != size) {
        throw new WtaException(
            "%s has %d labels for %d images".formatted(source, given, size),
            "get it again from its source");
      }
      // The library multiplies the extents without an eye on overflow.
      if (size < 1 || (long) size * VALUES != pictures.getNumElements()) {
        throw SourceFile.damaged(source, "X is of %d images".formatted(size));
      }
    }

    @Override
    public Form form() {
      return new Form(Shape.of(CHANNELS, SIDE, SIDE), ElementType.UINT8, true, size);
    }

    @Override
    public int read(SampleChunk chunk) {
      int rows = Math.min(chunk.capacity(), size - next);
      for (int i = 0; i < rows; i++) {
        chunk.labels()[i] = label(next + i);
        copy(next + i, chunk.bytes(), i * VALUES);
      }
      next += rows;
      return rows;
    }

    private int label(int sample) {
      double label = labels.getDouble(sample);
      if (label != Math.rint(label) || label < 1 || label > ZERO) {
        throw new WtaException(
            "image %d of %s has the label %s".formatted(sample, source, label),
            "give a file with labels from 1 to 10, as SVHN has them");
      }
      return (int) label % ZERO;
    }

    /** MATLAB's first index, the row, runs fastest. */
    private void copy(int sample, byte[] target, int offset) {
      int from = sample * VALUES;
      for (int plane = 0; plane < VALUES; plane += AREA) {
        for (int row = 0; row < SIDE; row++) {
          for (int column = 0; column < SIDE; column++) {
            int value = pictures.getInt(from + plane + column * SIDE + row);
            if (value < 0 || value > 255) {
              throw SourceFile.damaged(source, "X holds the value %d".formatted(value));
            }
            target[offset + plane + row * SIDE + column] = (byte) value;
          }
        }
      }
    }
  }
}
