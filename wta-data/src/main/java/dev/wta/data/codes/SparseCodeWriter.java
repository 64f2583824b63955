package dev.wta.data.codes;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.SparseCodes;
import dev.wta.data.io.Destination;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Writes the active features of samples, a batch at a time, in one of the {@link CodeFormat}s.
 * Memory is in proportion to a batch.
 *
 * <pre>{@code
 * try (SparseCodeWriter out =
 *     SparseCodeWriter.create(Path.of("codes.npz"), CodeFormat.NPZ, encoder.features())) {
 *   for (float[][] batch : batches) {
 *     out.append(encoder.encodeSparse(batch), null);
 *   }
 *   out.commit();
 * }
 * }</pre>
 */
public abstract sealed class SparseCodeWriter implements CodeWriter
    permits ArrowCodeWriter, CsrCodeWriter, JsonLinesCodeWriter {
  private final Destination out;
  private final int features;
  private final boolean labelled;
  private long rows;
  private long active;

  SparseCodeWriter(Destination out, int features, boolean labelled) {
    this.out = out;
    this.features = features;
    this.labelled = labelled;
  }

  /**
   * Creates a file of samples without labels.
   *
   * @param features of a sample, active or not
   * @throws WtaException if no file can be written there
   */
  public static SparseCodeWriter create(Path path, CodeFormat format, int features) {
    return create(Destination.file(path), format, features, false, Map.of());
  }

  /**
   * Writes to a destination, which it takes over.
   *
   * @param features of a sample, active or not
   * @param provenance where the codes come from; kept where the format has room for it
   */
  public static SparseCodeWriter create(
      Destination out,
      CodeFormat format,
      int features,
      boolean labelled,
      Map<String, String> provenance) {
    try {
      return switch (format) {
        case ARROW, ARROW_STREAM ->
            new ArrowCodeWriter(
                out, features, labelled, provenance, format == CodeFormat.ARROW_STREAM);
        case NPZ -> new CsrCodeWriter(out, features, labelled);
        case JSONL -> new JsonLinesCodeWriter(out, features, labelled);
      };
    } catch (IOException diskFailed) {
      out.close();
      throw out.failed(diskFailed);
    }
  }

  /**
   * Adds samples.
   *
   * @param labelsOrNull a class for each of them, from 0; null in an output without labels
   * @throws WtaException if the disk fails
   */
  public final void append(SparseCodes codes, int[] labelsOrNull) {
    if (codes.features() != features) {
      throw new IllegalArgumentException(
          "codes of %d features for an output of %d".formatted(codes.features(), features));
    }
    if (labelled != (labelsOrNull != null) || labelled && labelsOrNull.length != codes.rows()) {
      throw new IllegalArgumentException(
          labelled
              ? "%d codes with %s: give a label for each, or create the output without labels"
                  .formatted(
                      codes.rows(),
                      labelsOrNull == null ? "no labels" : labelsOrNull.length + " labels")
              : "labels for an output without: give null, or create the output with labels");
    }
    try {
      write(codes, labelsOrNull);
    } catch (IOException diskFailed) {
      throw out.failed(diskFailed);
    }
    rows += codes.rows();
    active += codes.size();
  }

  @Override
  public final void append(float[] dense, int[] labelsOrNull, int count) {
    append(new SparseCodes.Builder(features).addDense(dense, count).build(), labelsOrNull);
  }

  /**
   * Finishes the output, and puts a file in its place.
   *
   * @throws WtaException if no samples were added, or the disk fails
   */
  @Override
  public final void commit() {
    if (rows == 0) {
      throw new WtaException("there are no samples to write to " + out.name(), "give at least one");
    }
    try {
      finish();
      out.commit();
    } catch (IOException diskFailed) {
      throw out.failed(diskFailed);
    }
  }

  /** The features other than 0 of all samples so far. */
  public final long active() {
    return active;
  }

  /** The samples that were added. */
  final long rows() {
    return rows;
  }

  final int features() {
    return features;
  }

  final boolean labelled() {
    return labelled;
  }

  final Destination out() {
    return out;
  }

  /** Writes a batch. */
  abstract void write(SparseCodes codes, int[] labelsOrNull) throws IOException;

  /** Writes what follows the last batch. */
  abstract void finish() throws IOException;

  /** Frees what the format needs besides the destination. */
  abstract void free();

  @Override
  public final void close() {
    try {
      free();
    } finally {
      out.close();
    }
  }
}
