package dev.wta.backend.cpu;

import static dev.wta.backend.cpu.Panels.WIDTH;

import java.util.Arrays;
import java.util.function.IntFunction;

/**
 * One dense product, {@code out = epilogue(alpha * op(a) * op(b) + beta * out)}, in the manner of
 * Goto and van de Geijn (2008): the right operand is packed into panels, slab by slab; the left
 * operand is streamed where it stands, or from a transposed copy; register tiles multiply the two
 * into a block of sums in the first cache, which is stored once. Where it saves more copying than
 * it costs, {@code out' = op(b)' * op(a)'} is computed in its stead and blocks are stored
 * transposed.
 *
 * <p>Work is cut by its size only and a row of the output is summed in the same order whatever the
 * number of threads.
 */
final class Product {
  /** Rows of a piece of work: several tiles share a panel while it is in the second cache. */
  private static final int ROW_BLOCK = 2 * Panels.ROWS;

  /** The widest slab of columns. */
  private static final int COLUMNS = 2048;

  /** The floats of a slab of either operand: they fit the last cache. */
  private static final int SLAB = 3 << 20;

  /** Rows of the right operand that are packed in one piece of work. */
  private static final int PACKED_ROWS = 16;

  /** Pieces enough to keep a few dozen threads busy. */
  private static final int PIECES = 64;

  /** Multiply-adds that are worth a piece of their own. */
  private static final int GRAIN = 1 << 18;

  /** What it costs to transpose a number, where copying one costs 1. */
  private static final long TRANSPOSING = 4;

  private final int m;
  private final int n;
  private final int k;
  private float[] a;
  private int aStart;
  private boolean aTransposed;
  private float[] b;
  private int bStart;
  private boolean bTransposed;
  private float alpha = 1;
  private float beta;
  private float[] bias;
  private int biasStart;
  private boolean relu;
  private float[] out;
  private int outStart;
  private boolean outTransposed;

  /** The product of {@code (m, k)} and {@code (k, n)}. */
  Product(int m, int n, int k) {
    this.m = m;
    this.n = n;
    this.k = k;
  }

  /** The left operand: {@code (m, k)}, or {@code (k, m)} if transposed. */
  Product left(float[] array, int start, boolean transposed) {
    a = array;
    aStart = start;
    aTransposed = transposed;
    return this;
  }

  /** The right operand: {@code (k, n)}, or {@code (n, k)} if transposed. */
  Product right(float[] array, int start, boolean transposed) {
    b = array;
    bStart = start;
    bTransposed = transposed;
    return this;
  }

  Product scaled(float newAlpha, float newBeta) {
    alpha = newAlpha;
    beta = newBeta;
    return this;
  }

  /**
   * @param array the bias {@code (n)}, or null for none
   */
  Product epilogue(float[] array, int start, boolean rectified) {
    bias = array;
    biasStart = start;
    relu = rectified;
    return this;
  }

  /** The output: {@code (m, n)}. */
  Product into(float[] array, int start) {
    out = array;
    outStart = start;
    return this;
  }

  /** Multiplies on all threads. */
  void run(Engine engine) {
    run(engine.workers::run, engine.shared, engine::scratch);
  }

  /** Multiplies on the calling thread, as a part of a piece of work. */
  void run(Scratch scratch) {
    run(
        (pieces, piece) -> {
          for (int i = 0; i < pieces; i++) {
            piece.run(i, 0);
          }
        },
        scratch,
        worker -> scratch);
  }

  /** What runs the pieces of an operation. */
  @FunctionalInterface
  private interface Runner {
    void run(int pieces, Workers.Piece piece);
  }

  private void run(Runner runner, Scratch shared, IntFunction<Scratch> scratch) {
    if (!outTransposed && transposedIsCheaper()) {
      transposed().run(runner, shared, scratch);
      return;
    }
    int width = Math.min(n, COLUMNS);
    int slabs = Math.clamp((long) k * width / SLAB, 1, Math.max(1, k));
    for (int j = 0; j < n; j += width) {
      for (int slab = 0; slab < slabs; slab++) {
        int from = (int) ((long) k * slab / slabs);
        int to = (int) ((long) k * (slab + 1) / slabs);
        new Slab(j, Math.min(width, n - j), from, to - from, shared).run(runner, shared, scratch);
      }
    }
  }

  private boolean transposedIsCheaper() {
    long left = (long) m * k;
    long right = (long) k * n;
    long asIs = (aTransposed ? TRANSPOSING * left : 0) + (bTransposed ? TRANSPOSING : 1) * right;
    long transposed =
        (bTransposed ? 0 : TRANSPOSING * right)
            + (aTransposed ? 1 : TRANSPOSING) * left
            + TRANSPOSING * m * n;
    return transposed < asIs;
  }

  /** The same product, seen as that of the transposes. */
  private Product transposed() {
    Product product =
        new Product(n, m, k)
            .left(b, bStart, !bTransposed)
            .right(a, aStart, !aTransposed)
            .scaled(alpha, beta)
            .epilogue(bias, biasStart, relu)
            .into(out, outStart);
    product.outTransposed = true;
    return product;
  }

  /** A block of columns and of the inner dimension, whose right operand is packed. */
  private final class Slab {
    private final int firstColumn;
    private final int from;
    private final int depth;
    private final Panels panels;

    Slab(int firstColumn, int columns, int from, int depth, Scratch shared) {
      this.firstColumn = firstColumn;
      this.from = from;
      this.depth = depth;
      this.panels = new Panels(columns, depth, shared);
    }

    void run(Runner runner, Scratch shared, IntFunction<Scratch> scratch) {
      pack(runner);
      if (!aTransposed) {
        multiply(runner, a, aStart + from, k, 0, m, scratch);
        return;
      }
      int most = Math.max(1, SLAB / Math.max(1, depth) / ROW_BLOCK) * ROW_BLOCK;
      for (int i0 = 0; i0 < m; i0 += most) {
        int first = i0;
        int count = Math.min(most, m - i0);
        float[] rows = shared.floats(Scratch.Use.ROWS, count * depth);
        runner.run(
            Math.ceilDiv(count, ROW_BLOCK),
            (piece, worker) -> {
              int i = piece * ROW_BLOCK;
              Transposition.run(
                  a,
                  aStart + from * m + first + i,
                  m,
                  depth,
                  Math.min(ROW_BLOCK, count - i),
                  rows,
                  i * depth,
                  depth);
            });
        multiply(runner, rows, 0, depth, first, count, scratch);
      }
    }

    private void pack(Runner runner) {
      if (bTransposed) {
        int start = bStart + firstColumn * k + from;
        runner.run(panels.count(), (panel, worker) -> panels.packTransposed(b, start, k, panel));
      } else {
        int start = bStart + from * n + firstColumn;
        runner.run(
            Math.ceilDiv(depth, PACKED_ROWS),
            (piece, worker) -> {
              int p = piece * PACKED_ROWS;
              panels.pack(b, start, n, p, Math.min(depth, p + PACKED_ROWS));
            });
      }
    }

    /**
     * Multiplies rows {@code i0} to {@code i0 + count - 1} of the left operand, which stand in
     * {@code rows}, by all panels.
     */
    private void multiply(
        Runner runner,
        float[] rows,
        int start,
        int stride,
        int i0,
        int count,
        IntFunction<Scratch> scratch) {
      int rowBlocks = Math.ceilDiv(count, ROW_BLOCK);
      long work = (long) count * depth * panels.count() * WIDTH;
      int pieces = Math.clamp(work / GRAIN, 1, PIECES);
      int groups = Math.clamp(pieces / Math.max(1, rowBlocks), 1, Math.max(1, panels.count()));
      runner.run(
          rowBlocks * groups,
          (piece, worker) -> {
            int i = piece % rowBlocks * ROW_BLOCK;
            int group = piece / rowBlocks;
            int height = Math.min(ROW_BLOCK, count - i);
            float[] block = scratch.apply(worker).floats(Scratch.Use.TILE, 2 * ROW_BLOCK * WIDTH);
            for (int panel = panels.count() * group / groups;
                panel < panels.count() * (group + 1) / groups;
                panel++) {
              int width = panels.width(panel);
              Arrays.fill(block, 0, ROW_BLOCK * width, 0f);
              panels.multiply(rows, start + i * stride, stride, height, panel, block, 0, width);
              store(block, i0 + i, height, panel);
            }
          });
    }

    private void store(float[] block, int i, int height, int panel) {
      int width = panels.width(panel);
      int present = panels.present(panel);
      int column = firstColumn + panels.first(panel);
      if (!outTransposed) {
        for (int r = 0; r < height; r++) {
          store(block, r * width, present, i + r, column, n);
        }
        return;
      }
      int flipped = ROW_BLOCK * WIDTH;
      Transposition.run(block, 0, width, height, present, block, flipped, ROW_BLOCK);
      for (int c = 0; c < present; c++) {
        store(block, flipped + c * ROW_BLOCK, height, column + c, i, m);
      }
    }

    /** Stores a run of sums in row {@code i} of the output, from column {@code j} on. */
    private void store(float[] sums, int at, int length, int i, int j, int outStride) {
      int to = outStart + i * outStride + j;
      TileRow.store(sums, at, length, alpha, from == 0 ? beta : 1, out, to);
      if (from + depth == k && (bias != null || relu)) {
        TileRow.finish(out, to, length, bias, biasStart + j, relu);
      }
    }
  }
}
