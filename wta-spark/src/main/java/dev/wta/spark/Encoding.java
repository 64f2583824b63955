package dev.wta.spark;

import dev.wta.api.tensor.SparseCode;
import dev.wta.api.tensor.SparseCodes;
import dev.wta.models.Encoder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Adds each sample's features to the rows of a partition, a batch at a time.
 *
 * @param source of the model
 * @param column of the samples
 * @param vectors whether features are sparse vectors, or structs of indices and values
 */
record Encoding(EncoderSource source, int column, boolean vectors)
    implements MapPartitionsFunction<Row, Row> {
  /** As many as an encoder takes at once, at most. */
  private static final int ROWS = 1000;

  /** Numbers of a batch's samples at most, 32 MiB, unless one sample has more. */
  private static final int NUMBERS = 1 << 23;

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    if (!rows.hasNext()) {
      return Collections.emptyIterator();
    }
    Encoder encoder = ExecutorEncoders.acquire(source);
    TaskCompletionListener ended = _ -> ExecutorEncoders.release(source);
    TaskContext.get().addTaskCompletionListener(ended);
    int most = Math.clamp(NUMBERS / encoder.inputs(), 1, ROWS);
    return new Iterator<>() {
      private final List<Row> batch = new ArrayList<>(most);
      private SparseCodes codes;
      private int next;

      @Override
      public boolean hasNext() {
        return next < batch.size() || rows.hasNext();
      }

      @Override
      public Row next() {
        if (next == batch.size()) {
          read();
        }
        Row row = withFeatures(batch.get(next), codes.row(next), vectors);
        next++;
        return row;
      }

      private void read() {
        if (!rows.hasNext()) {
          throw new NoSuchElementException();
        }
        batch.clear();
        next = 0;
        List<float[]> samples = new ArrayList<>(most);
        while (batch.size() < most && rows.hasNext()) {
          Row row = rows.next();
          samples.add(Samples.of(row, column));
          batch.add(row);
        }
        codes = encoder.encodeSparse(samples.toArray(float[][]::new));
      }
    };
  }

  /** A row and one cell more. */
  static Row withFeatures(Row row, SparseCode code, boolean vectors) {
    Object[] cells = new Object[row.size() + 1];
    for (int i = 0; i < row.size(); i++) {
      cells[i] = row.get(i);
    }
    cells[row.size()] =
        vectors
            ? Vectors.sparse(code.features(), code.indices(), widened(code.values()))
            : RowFactory.create(code.indices(), code.values());
    return RowFactory.create(cells);
  }

  private static double[] widened(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }
}
