package dev.wta.backend.cpu;

import static dev.wta.backend.cpu.Panels.WIDTH;

/**
 * One dense product, {@code out = epilogue(alpha * op(a) * op(b) + beta * out)}, in the manner of
 * Goto and van de Geijn (2008): the right operand is packed into panels, block by block of the
 * inner dimension; the left operand is streamed where it stands, or from a transposed copy of a few
 * rows; a register tile multiplies the two.
 *
 * <p>A row of the output is summed in the same order whatever the number of threads.
 */
final class Product {
  /** Rows of a piece of work: several tiles share a panel while it is in the second cache. */
  private static final int ROW_BLOCK = 48;

  /**
   * The deepest block of the inner dimension: a tile's rows of the left operand fit half of the
   * first cache, and a float32 sum of this many terms is exact enough.
   */
  static final int DEPTH = 400;

  /** The widest block of columns: its panels fit the last cache. */
  private static final int COLUMNS = 4096;

  /** Pieces enough to keep a few dozen threads busy. */
  private static final int PIECES = 64;

  private static final int TILE_ROWS =
      Lanes.FLOATS.vectorBitSize() >= 512 ? Tile12.ROWS : Tile6.ROWS;

  private final int m;
  private final int n;
  private final int k;
  private float[] a;
  private int aStart;
  private int aStride;
  private boolean aTransposed;
  private float[] b;
  private int bStart;
  private int bStride;
  private boolean bTransposed;
  private float alpha = 1;
  private float beta;
  private float[] bias;
  private int biasStart;
  private boolean relu;
  private float[] out;
  private int outStart;

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
    aStride = transposed ? m : k;
    aTransposed = transposed;
    return this;
  }

  /** The right operand: {@code (k, n)}, or {@code (n, k)} if transposed. */
  Product right(float[] array, int start, boolean transposed) {
    b = array;
    bStart = start;
    bStride = transposed ? k : n;
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
    for (int j = 0; j < n; j += COLUMNS) {
      int columns = Math.min(COLUMNS, n - j);
      for (int block = 0; block < blocks(); block++) {
        Slab slab = new Slab(j, columns, block, engine.shared);
        engine.workers.run(Panels.count(columns), (panel, worker) -> slab.pack(panel));
        int rowBlocks = Math.ceilDiv(m, ROW_BLOCK);
        int panels = Panels.count(columns);
        int groups = Math.clamp(PIECES / Math.max(1, rowBlocks), 1, Math.ceilDiv(panels, 4));
        int group = Math.ceilDiv(panels, groups);
        engine.workers.run(
            rowBlocks * groups,
            (piece, worker) -> {
              int i = piece % rowBlocks * ROW_BLOCK;
              int panel = piece / rowBlocks * group;
              slab.multiply(
                  i,
                  Math.min(m, i + ROW_BLOCK),
                  panel,
                  Math.min(panels, panel + group),
                  engine.scratch(worker));
            });
      }
    }
  }

  /** Multiplies on the calling thread, as a part of a piece of work. */
  void run(Scratch scratch) {
    for (int j = 0; j < n; j += COLUMNS) {
      int columns = Math.min(COLUMNS, n - j);
      for (int block = 0; block < blocks(); block++) {
        Slab slab = new Slab(j, columns, block, scratch);
        int panels = Panels.count(columns);
        for (int panel = 0; panel < panels; panel++) {
          slab.pack(panel);
        }
        for (int i = 0; i < m; i += ROW_BLOCK) {
          slab.multiply(i, Math.min(m, i + ROW_BLOCK), 0, panels, scratch);
        }
      }
    }
  }

  /** Blocks of the inner dimension; one at least, so that an empty sum is stored too. */
  private int blocks() {
    return Math.max(1, Math.ceilDiv(k, DEPTH));
  }

  /** A block of columns and of the inner dimension, whose right operand is packed. */
  private final class Slab {
    private final int firstColumn;
    private final int columns;
    private final int from;
    private final int depth;
    private final boolean first;
    private final boolean last;
    private final float[] panels;

    Slab(int firstColumn, int columns, int block, Scratch scratch) {
      this.firstColumn = firstColumn;
      this.columns = columns;
      int evenly = Math.ceilDiv(k, blocks());
      this.from = block * evenly;
      this.depth = Math.min(evenly, k - from);
      this.first = block == 0;
      this.last = block == blocks() - 1;
      this.panels = scratch.floats(Scratch.Use.PANELS, Panels.size(columns, depth));
    }

    void pack(int panel) {
      if (bTransposed) {
        Panels.packTransposed(
            b, bStart + firstColumn * bStride + from, bStride, columns, depth, panel, panels, 0);
      } else {
        Panels.pack(
            b, bStart + from * bStride + firstColumn, bStride, columns, depth, panel, panels);
      }
    }

    void multiply(int i0, int i1, int panel0, int panel1, Scratch scratch) {
      float[] rows = a;
      int start = aStart + i0 * aStride + from;
      int stride = aStride;
      if (aTransposed) {
        rows = scratch.floats(Scratch.Use.ROWS, ROW_BLOCK * depth);
        start = 0;
        stride = depth;
        Transposition.run(a, aStart + from * aStride + i0, aStride, depth, i1 - i0, rows, 0, depth);
      }
      float[] tile = scratch.floats(Scratch.Use.TILE, Tile12.ROWS * WIDTH);
      for (int panel = panel0; panel < panel1; panel++) {
        int width = Panels.width(columns, panel);
        int panelStart = Panels.start(panel, depth);
        for (int i = i0; i < i1; ) {
          int tall = tileRows(i1 - i);
          int count = Math.min(tall, i1 - i);
          int base = start + (i - i0) * stride;
          multiplyTile(rows, base, stride, tall, count, panels, panelStart, width, depth, tile);
          store(tile, i, count, firstColumn + panel * WIDTH, width);
          i += count;
        }
      }
    }

    private void store(float[] tile, int i, int count, int column, int width) {
      int present = Math.min(width, firstColumn + columns - column);
      for (int r = 0; r < count; r++) {
        int to = outStart + (i + r) * n + column;
        TileRow.store(tile, r * width, present, alpha, first ? beta : 1, out, to);
        if (last && (bias != null || relu)) {
          TileRow.finish(out, to, present, bias, biasStart + column, relu);
        }
      }
    }
  }

  /** Runs the register tile of {@code tall} rows on a panel. */
  static void multiplyTile(
      float[] rows,
      int base,
      int stride,
      int tall,
      int count,
      float[] panels,
      int panelStart,
      int width,
      int depth,
      float[] tile) {
    if (tall == Tile12.ROWS) {
      if (width == WIDTH) {
        Tile12.wide(rows, base, stride, count, panels, panelStart, depth, tile);
      } else {
        Tile12.narrow(rows, base, stride, count, panels, panelStart, depth, tile);
      }
    } else if (width == WIDTH) {
      Tile6.wide(rows, base, stride, count, panels, panelStart, depth, tile);
    } else {
      Tile6.narrow(rows, base, stride, count, panels, panelStart, depth, tile);
    }
  }

  /** The rows of the tile to run next where {@code remaining} are left. */
  static int tileRows(int remaining) {
    return TILE_ROWS == Tile12.ROWS && remaining > Tile6.ROWS ? Tile12.ROWS : Tile6.ROWS;
  }
}
