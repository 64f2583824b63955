package dev.wta.data;

import dev.wta.api.Shape;
import dev.wta.api.WtaException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
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
  private static final int CHUNK_BYTES = 4 << 20;

  private Idx() {}

  /**
   * Writes pictures and, where given, their labels to an Arrow file, which replaces what was there.
   * Extents {@code (samples, height, width)} make pictures of one channel, {@code (1, height,
   * width)}; {@code (samples, features)} and {@code (samples, channels, height, width)} stay as
   * they are.
   *
   * @param images unsigned bytes, or floats
   * @param labels unsigned bytes along one axis, one a sample
   * @throws WtaException if a file is missing, damaged or of another form, the two do not belong
   *     together, or {@code out} cannot be written
   */
  public static ImportSummary convert(Path images, Optional<Path> labels, Path out) {
    for (Path source : Stream.concat(Stream.of(images), labels.stream()).toList()) {
      requireOther(source, out);
    }
    try (IdxFile pictures = IdxFile.open(images)) {
      Shape sample = sampleShape(pictures);
      ElementType type = elementType(pictures);
      int samples = pictures.extents()[0];
      Optional<int[]> classes = labels.map(path -> readLabels(path, images, samples));
      write(pictures, sample, type, classes, provenance(images, labels), out);
      return new ImportSummary(
          out,
          samples,
          sample,
          type,
          classes.isPresent(),
          classes.map(all -> Arrays.stream(all).max().orElseThrow() + 1).orElse(0));
    }
  }

  private static void write(
      IdxFile pictures,
      Shape sample,
      ElementType type,
      Optional<int[]> labels,
      Map<String, String> provenance,
      Path out) {
    int samples = pictures.extents()[0];
    int width = Math.toIntExact(sample.size());
    int chunk = Math.clamp(CHUNK_BYTES / ((long) width * type.bytes()), 1, samples);
    byte[] bytes = new byte[Math.multiplyExact(chunk * width, type.bytes())];
    float[] floats = new float[type == ElementType.FLOAT32 ? chunk * width : 0];
    try (ArrowDatasetWriter writer =
        ArrowDatasetWriter.create(out, sample, type, labels.isPresent(), provenance)) {
      for (int from = 0; from < samples; from += chunk) {
        int rows = Math.min(chunk, samples - from);
        int end = from + rows;
        int begin = from;
        int[] classes = labels.map(all -> Arrays.copyOfRange(all, begin, end)).orElse(null);
        pictures.read(bytes, rows * width * type.bytes());
        switch (type) {
          case UINT8 -> writer.append(bytes, classes, rows);
          case FLOAT32 -> {
            ByteBuffer.wrap(bytes).asFloatBuffer().get(floats, 0, rows * width);
            writer.append(floats, classes, rows);
          }
        }
      }
      pictures.requireEnd();
      writer.commit();
    }
  }

  private static Shape sampleShape(IdxFile pictures) {
    int[] extents = pictures.extents();
    if (extents.length == 1) {
      throw new WtaException(
          "%s holds %d numbers, as labels do, and not pictures"
              .formatted(pictures.path(), extents[0]),
          "give the pictures with --images and the labels with --labels");
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
              "give pictures of unsigned bytes or floats");
    };
  }

  private static int[] readLabels(Path path, Path images, int samples) {
    try (IdxFile file = IdxFile.open(path)) {
      if (file.extents().length != 1 || file.type() != IdxFile.Type.UNSIGNED_BYTE) {
        throw new WtaException(
            "%s holds values of type %s and extents %s, and not labels"
                .formatted(path, file.type(), Shape.of(file.extents())),
            "give labels of unsigned bytes along one axis with --labels");
      }
      int count = file.extents()[0];
      if (count != samples) {
        throw new WtaException(
            "%s has %d labels, and %s has %d pictures".formatted(path, count, images, samples),
            "give the two files that belong together");
      }
      byte[] bytes = new byte[count];
      file.read(bytes, count);
      file.requireEnd();
      int[] labels = new int[count];
      Arrays.setAll(labels, i -> Byte.toUnsignedInt(bytes[i]));
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

  private static void requireOther(Path source, Path out) {
    try {
      if (Files.exists(source) && Files.exists(out) && Files.isSameFile(source, out)) {
        throw new WtaException(
            "the import would write over its own source " + source, "give another file with --out");
      }
    } catch (IOException unreadable) {
      throw new WtaException(
          "%s cannot be looked at: %s".formatted(out, unreadable),
          "check its permissions",
          unreadable);
    }
  }
}
