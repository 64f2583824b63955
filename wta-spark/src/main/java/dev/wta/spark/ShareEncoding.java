package dev.wta.spark;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.SparseCode;
import dev.wta.data.FiniteValues;
import dev.wta.models.shard.model.CodesOfShares;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;

/**
 * Adds each sample's features to the rows of a partition, where the model is encoded by a share of
 * its units after the other. Rows are read a window at a time, which passes through all shares.
 *
 * @param source of the model
 * @param column of the samples
 * @param vectors whether features are sparse vectors, or structs of indices and values
 */
record ShareEncoding(ShareSource source, int column, boolean vectors)
    implements MapPartitionsFunction<Row, Row> {
  /** Numbers of a window's samples at most, 32 MiB, unless one sample has more. */
  private static final int NUMBERS = 1 << 23;

  private static final int MOST_ROWS = 1 << 16;

  /** Samples that are encoded at once. */
  private static final int BATCH = 1024;

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    if (!rows.hasNext()) {
      return Collections.emptyIterator();
    }
    ShareSource.Description run = source.describe();
    return new Windows(rows, run);
  }

  /** The rows with their features. */
  private final class Windows implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final ShareSource.Description run;
    private final int inputs;
    private final int most;
    private final List<Row> window = new ArrayList<>();
    private final List<CodesOfShares> codes = new ArrayList<>(); // of a batch each
    private Iterator<SparseCode> found = Collections.emptyIterator();
    private int next;

    Windows(Iterator<Row> rows, ShareSource.Description run) {
      this.rows = rows;
      this.run = run;
      inputs = Math.toIntExact(run.config().sample().size());
      most = Math.clamp(NUMBERS / inputs, 1, MOST_ROWS);
    }

    @Override
    public boolean hasNext() {
      return next < window.size() || rows.hasNext();
    }

    @Override
    public Row next() {
      if (next == window.size()) {
        encode(read());
      }
      while (!found.hasNext()) {
        found = codes.removeFirst().codes().iterator();
      }
      return Encoding.withFeatures(window.get(next++), found.next(), vectors);
    }

    /** Reads a window: its samples, pre-processed. */
    private float[] read() {
      window.clear();
      next = 0;
      List<float[]> samples = new ArrayList<>();
      while (window.size() < most && rows.hasNext()) {
        Row row = rows.next();
        float[] sample = Samples.of(row, column);
        requireLength(sample, samples.size());
        samples.add(sample);
        window.add(row);
      }
      float[] flat = new float[samples.size() * inputs];
      for (int i = 0; i < samples.size(); i++) {
        System.arraycopy(samples.get(i), 0, flat, i * inputs, inputs);
      }
      Shape shape = run.config().sample();
      FiniteValues.require("the samples", shape, flat, samples.size(), row -> row);
      run.preprocessing().apply(flat, samples.size(), shape);
      return flat;
    }

    private void requireLength(float[] sample, int row) {
      if (sample.length != inputs) {
        throw new WtaException(
            "sample %d has %,d numbers, and the model takes %,d"
                .formatted(row, sample.length, inputs),
            "give all numbers of shape %s, row by row".formatted(run.config().sample()));
      }
    }

    private void encode(float[] samples) {
      codes.clear();
      BitSet wanted = new BitSet();
      wanted.set(0, source.shares());
      while (!wanted.isEmpty()) {
        ExecutorShares.Open share = ExecutorShares.acquire(source, run.config(), wanted);
        try {
          wanted.clear(share.number());
          for (int from = 0; from < window.size(); from += BATCH) {
            int count = Math.min(BATCH, window.size() - from);
            if (from / BATCH == codes.size()) {
              codes.add(share.units().none(count));
            }
            share.units().encode(samples, from, count, codes.get(from / BATCH));
          }
        } finally {
          ExecutorShares.release(share);
        }
      }
    }
  }
}
