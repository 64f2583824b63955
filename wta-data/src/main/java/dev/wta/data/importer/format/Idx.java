package dev.wta.data.importer.format;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.ElementType;
import dev.wta.data.FiniteValues;
import dev.wta.data.importer.ArrowImport;
import dev.wta.data.importer.ImportListener;
import dev.wta.data.importer.ImportSummary;
import dev.wta.data.importer.ImportTarget;
import dev.wta.data.importer.SampleChunk;
import dev.wta.data.importer.SampleSource;
import dev.wta.data.importer.SourceFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Imports IDX files, the form that MNIST and its successors come in, compressed with gzip or not.
 */
public final class Idx {
  private Idx() {}

  /**
   * Writes images and, where given, their labels to an Arrow file, which replaces what was there.
   * Extents {@code (samples, height, width)} make images of one channel, {@code (1, height,
   * width)}; {@code (samples, features)} and {@code (samples, channels, height, width)} stay as
   * they are.
   *
   * @param images unsigned bytes, or floats
   * @param labels whole numbers, one a sample; or several, of which the first is the class
   * @throws WtaException if a file is missing, damaged or of another form, the two do not belong
   *     together, or the target cannot be written
   */
  public static ImportSummary convert(Path images, Optional<Path> labels, ImportTarget target) {
    for (Path source : Stream.concat(Stream.of(images), labels.stream()).toList()) {
      SourceFile.requireOther(source, target.out());
    }
    try (IdxFile pictures = IdxFile.open(images)) {
      Shape sample = sampleShape(pictures);
      ElementType type = elementType(pictures);
      int samples = pictures.extents()[0];
      Optional<int[]> classes =
          labels.map(path -> readLabels(path, images, samples, target.listener()));
      return ArrowImport.write(
          new Samples(pictures, sample, type, classes), provenance(images, labels), target);
    }
  }

  /** The samples of an open file; its opener closes it. */
  private static final class Samples implements SampleSource {
    private final IdxFile pictures;
    private final Shape sample;
    private final ElementType type;
    private final Optional<int[]> classes;
    private byte[] bytes = new byte[0];
    private int next;

    Samples(IdxFile pictures, Shape sample, ElementType type, Optional<int[]> classes) {
      this.pictures = pictures;
      this.sample = sample;
      this.type = type;
      this.classes = classes;
    }

    @Override
    public Form form() {
      return new Form(sample, type, classes.isPresent(), pictures.extents()[0]);
    }

    @Override
    public int read(SampleChunk chunk) {
      int rows = Math.min(chunk.capacity(), pictures.extents()[0] - next);
      if (rows == 0) {
        pictures.requireEnd();
        return 0;
      }
      int values = Math.toIntExact(rows * sample.size());
      switch (type) {
        case UINT8 -> pictures.read(chunk.bytes(), values);
        case FLOAT32 -> {
          if (bytes.length == 0) {
            bytes = new byte[values * Float.BYTES]; // the first chunk is the largest
          }
          pictures.read(bytes, values * Float.BYTES);
          ByteBuffer.wrap(bytes).asFloatBuffer().get(chunk.floats(), 0, values);
          int first = next;
          FiniteValues.require(pictures.path(), sample, chunk.floats(), rows, row -> first + row);
        }
      }
      classes.ifPresent(all -> System.arraycopy(all, next, chunk.labels(), 0, rows));
      next += rows;
      return rows;
    }

    @Override
    public void close() {
      pictures.close();
    }
  }

  private static Shape sampleShape(IdxFile pictures) {
    int[] extents = pictures.extents();
    if (extents.length == 1) {
      throw new WtaException(
          "%s holds %d numbers, as labels do, and not images"
              .formatted(pictures.path(), extents[0]),
          "give the images with --images and the labels with --labels");
    }
    Shape sample = Shape.of(Arrays.copyOfRange(extents, 1, extents.length));
    return sample.rank() == 2 ? sample.batch(1) : sample;
  }

  private static ElementType elementType(IdxFile pictures) {
    return switch (pictures.type()) {
      case UNSIGNED_BYTE -> ElementType.UINT8;
      case FLOAT -> ElementType.FLOAT32;
      default ->
          throw new WtaException(
              "%s holds values of type %s".formatted(pictures.path(), pictures.type()),
              "give images of unsigned bytes or floats");
    };
  }

  /** Reads labels along one axis, or, as QMNIST has them, in the first of several columns. */
  private static int[] readLabels(Path path, Path images, int samples, ImportListener listener) {
    try (IdxFile file = IdxFile.open(path)) {
      int[] extents = file.extents();
      if (extents.length > 2 || !file.integral()) {
        throw new WtaException(
            "%s holds values of type %s and extents %s, and not labels"
                .formatted(path, file.type(), Shape.of(extents)),
            "give labels of whole numbers along one axis with --labels");
      }
      int count = extents[0];
      if (count != samples) {
        throw new WtaException(
            "%s has %d labels, and %s has %d images".formatted(path, count, images, samples),
            "give the two files that belong together");
      }
      int columns = extents.length == 2 ? extents[1] : 1;
      if (columns > 1) {
        listener.note(
            "%s has %d numbers a label, as QMNIST's has: the first is taken for the class"
                .formatted(path, columns));
      }
      int[] labels = new int[count];
      for (int i = 0; i < count; i++) {
        labels[i] = file.integer();
        if (labels[i] < 0) {
          throw new WtaException(
              "label %d of %s is %d".formatted(i, path, labels[i]), "number classes from 0");
        }
        for (int column = 1; column < columns; column++) {
          file.integer();
        }
      }
      file.requireEnd();
      return labels;
    }
  }

  private static Map<String, String> provenance(Path images, Optional<Path> labels) {
    Map<String, String> provenance = new LinkedHashMap<>();
    provenance.put("wta.import", "idx");
    provenance.put("wta.images", images.getFileName().toString());
    labels.ifPresent(path -> provenance.put("wta.labels", path.getFileName().toString()));
    return provenance;
  }
}
