package dev.wta.models.training.samples;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.ElementType;
import dev.wta.data.SampleStream;
import dev.wta.data.arrow.ArrowDataset;
import dev.wta.data.arrow.ArrowDatasetWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;

/**
 * Batches of unknown number, in a temporary Arrow file: so they can pass several times, in any
 * order, and a run of them can resume. Closing it deletes the file.
 */
public final class SpooledBatches implements Dataset {
  private final Path file;
  private final Dataset data;

  private SpooledBatches(Path file, Dataset data) {
    this.file = file;
    this.data = data;
  }

  /**
   * Reads batches to their end.
   *
   * @param batches each {@code (samples)(numbers of a sample)}, of any number of samples
   * @param sample the shape of one sample
   * @throws WtaException if there are no samples, one is null or of another length, or the system's
   *     folder for temporary files has no room
   */
  public static SpooledBatches of(Iterator<float[][]> batches, Shape sample) {
    Path file = temporary();
    try {
      write(batches, sample, file);
      return new SpooledBatches(file, ArrowDataset.open(file));
    } catch (RuntimeException failed) {
      delete(file);
      throw failed;
    }
  }

  private static void write(Iterator<float[][]> batches, Shape sample, Path file) {
    try (SampleStream stream = new BatchStream(batches, sample, () -> {});
        ArrowDatasetWriter writer =
            ArrowDatasetWriter.create(file, sample, ElementType.FLOAT32, false)) {
      Optional<Dataset> part = stream.next();
      if (part.isEmpty()) {
        throw new WtaException(
            "there are no samples to train on",
            "give a batch or more; a stream that was read once is empty");
      }
      for (; part.isPresent(); part = stream.next()) {
        Dataset rows = part.get();
        float[] numbers = new float[Math.toIntExact(rows.size() * sample.size())];
        rows.read(0, rows.size(), numbers, 0);
        writer.append(numbers, null, rows.size());
      }
      writer.commit();
    }
  }

  private static Path temporary() {
    try {
      return Files.createTempFile("wta-batches", ".arrow");
    } catch (IOException failed) {
      throw new WtaException(
          "batches cannot be kept in the system's folder for temporary files: " + failed,
          "name another one with -Djava.io.tmpdir",
          failed);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException failed) {
      throw new WtaException(
          "%s cannot be removed: %s".formatted(file, failed), "remove it by hand", failed);
    }
  }

  @Override
  public String name() {
    return "batches";
  }

  @Override
  public int size() {
    return data.size();
  }

  @Override
  public Shape sampleShape() {
    return data.sampleShape();
  }

  @Override
  public ElementType elementType() {
    return data.elementType();
  }

  @Override
  public boolean labelled() {
    return false;
  }

  @Override
  public int[] labels() {
    throw new WtaException("batches have no labels", "give a data set that has them");
  }

  @Override
  public void read(int from, int count, float[] target, int offset) {
    data.read(from, count, target, offset);
  }

  @Override
  public void close() {
    data.close();
    delete(file);
  }
}
