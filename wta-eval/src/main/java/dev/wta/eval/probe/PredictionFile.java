package dev.wta.eval.probe;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.ElementType;
import dev.wta.data.arrow.ArrowDatasetWriter;
import dev.wta.data.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A file of predictions, of the format that its name ends in; it appears once it is whole. */
interface PredictionFile extends AutoCloseable {

  /**
   * Adds a batch.
   *
   * @param scores {@code (count, classes)}; the array may be longer
   * @param predicted the class of each sample
   */
  void append(float[] scores, int[] predicted);

  /** Puts the file in its place. */
  void commit();

  @Override
  void close();

  /**
   * Checks that a name says its format, before there is anything to write.
   *
   * @throws WtaException if it ends in neither {@code .arrow} nor {@code .csv}
   */
  static void requireKnown(Path out) {
    String name = out.toString().toLowerCase(Locale.ROOT);
    if (!name.endsWith(".arrow") && !name.endsWith(".csv")) {
      throw new WtaException(
          "%s says neither Arrow nor CSV".formatted(out),
          "give a name that ends in .arrow or .csv");
    }
  }

  /**
   * Begins a file.
   *
   * @param labels what the samples are, for a column beside the predictions
   * @param run where the predictions come from, kept in an Arrow file's schema
   */
  static PredictionFile create(Path out, int classes, Optional<int[]> labels, String run) {
    return out.toString().toLowerCase(Locale.ROOT).endsWith(".csv")
        ? new Csv(out, labels)
        : new Arrow(out, classes, run);
  }

  /** Scores as {@code features}, the predicted class as {@code label}. */
  final class Arrow implements PredictionFile {
    private final ArrowDatasetWriter writer;

    Arrow(Path out, int classes, String run) {
      writer =
          ArrowDatasetWriter.create(
              out, Shape.of(classes), ElementType.FLOAT32, true, Map.of("run", run));
    }

    @Override
    public void append(float[] scores, int[] predicted) {
      writer.append(scores, predicted, predicted.length);
    }

    @Override
    public void commit() {
      writer.commit();
    }

    @Override
    public void close() {
      writer.close();
    }
  }

  /** A line a sample: {@code sample,predicted}, and {@code label} where the data has labels. */
  final class Csv implements PredictionFile {
    private final Path out;
    private final Optional<int[]> labels;
    private final AtomicFile file;
    private int sample;

    Csv(Path out, Optional<int[]> labels) {
      this.out = out;
      this.labels = labels;
      this.file = AtomicFile.create(out);
      write(labels.isPresent() ? "sample,predicted,label\n" : "sample,predicted\n");
    }

    @Override
    public void append(float[] scores, int[] predicted) {
      StringBuilder lines = new StringBuilder();
      for (int predictedClass : predicted) {
        lines.append(sample).append(',').append(predictedClass);
        labels.ifPresent(all -> lines.append(',').append(all[sample]));
        lines.append('\n');
        sample++;
      }
      write(lines.toString());
    }

    private void write(String text) {
      try {
        file.write(text);
      } catch (IOException failed) {
        throw unwritable(failed);
      }
    }

    @Override
    public void commit() {
      try {
        file.commit();
      } catch (IOException failed) {
        throw unwritable(failed);
      }
    }

    @Override
    public void close() {
      try {
        file.close();
      } catch (IOException failed) {
        throw unwritable(failed);
      }
    }

    private WtaException unwritable(IOException failed) {
      return new WtaException(
          "%s cannot be written: %s".formatted(out, failed.getMessage()),
          "check its permissions and its disk",
          failed);
    }
  }
}
