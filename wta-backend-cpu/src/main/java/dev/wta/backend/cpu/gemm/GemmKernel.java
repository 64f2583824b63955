package dev.wta.backend.cpu.gemm;

import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.gemm.GemmArguments.Matrix;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.vector.Transposition;
import java.util.Arrays;

/**
 * One dense product, {@code out = epilogue(alpha * op(a) * op(b) + beta * out)}, in the manner of
 * Goto and van de Geijn (2008): the right operand is packed into panels, slab by slab; the left
 * operand is streamed where it stands, or from a transposed copy; register tiles multiply the two
 * into a block of sums in a near cache, which is stored once, whole rows at a time. Where it saves
 * more copying than it costs, {@code op(b)' * op(a)'} is computed instead and then transposed.
 *
 * <p>An element of the output is summed in the same order whatever the number of threads. Where the
 * execution says {@link Execution#rowsAlone}, the number of rows does not matter either.
 */
public final class GemmKernel {
  /** Rows of a piece of work: several tiles share a panel while it is in L2. */
  private static final int ROW_BLOCK = 2 * PackedPanels.ROWS;

  /** The columns of the widest block of sums, about: their panels fit L2, where it has 2 MB. */
  private static final int BLOCK_COLUMNS = 512;

  /** Rows of the output that are transposed in one piece of work. */
  private static final int TRANSPOSED_ROWS = 16;

  /** The widest slab of columns. */
  private static final int COLUMNS = 2048;

  /** The floats of a slab of an operand that is copied: they fit the last-level cache. */
  private static final int SLAB = 3 << 20;

  /** A slab is no shallower than this, whatever its size: each is added to the output. */
  private static final int SHALLOWEST = 256;

  /** Rows of the right operand that are packed in one piece of work. */
  private static final int PACKED_ROWS = 16;

  /** Pieces enough, unless there are more threads. */
  private static final int PIECES = 64;

  /** Multiply-adds that are worth a piece of their own. */
  private static final int GRAIN = 1 << 18;

  /** What it costs to transpose a number, where copying one costs 1. */
  private static final long TRANSPOSING = 4;

  private final GemmArguments given;
  private final Matrix a;
  private final Matrix b;
  private final int m;
  private final int n;
  private final int k;

  public GemmKernel(GemmArguments given) {
    this.given = given;
    this.a = given.a();
    this.b = given.b();
    this.m = a.rows();
    this.n = b.columns();
    this.k = a.columns();
  }

  /**
   * Multiplies a few rows with frozen weights, on the caller's thread.
   *
   * @param rows those of the left operand with the transposed right one
   */
  public void run(FewRows rows, Execution execution) {
    rows.run(given, slabs(), execution);
  }

  /** Multiplies on all threads. */
  public void run(Execution execution) {
    if (transposedIsCheaper() && !(execution.rowsAlone && scalesSlabs())) {
      runTransposed(execution);
    } else {
      runAsIs(execution, slabs());
    }
  }

  /** Whether each of several slabs is scaled or added to the output, not their sum. */
  private boolean scalesSlabs() {
    return slabs() > 1 && (given.alpha() != 1 || given.beta() != 0);
  }

  /** How many runs of the inner dimension are added to the output one after the other. */
  private int slabs() {
    long widest = Math.max(Math.min(n, COLUMNS), a.transposed() ? m : 0);
    return Math.clamp(k * widest / SLAB, 1, Math.max(1, k / SHALLOWEST));
  }

  private void runAsIs(Execution execution, int slabs) {
    int width = Math.min(n, COLUMNS);
    for (int j = 0; j < n; j += width) {
      for (int slab = 0; slab < slabs; slab++) {
        int from = slabStart(slab, slabs);
        int to = slabStart(slab + 1, slabs);
        new Slab(j, Math.min(width, n - j), from, to - from, execution).run();
      }
    }
  }

  /** The first term of a slab. */
  private int slabStart(int slab, int slabs) {
    return (int) ((long) k * slab / slabs);
  }

  /**
   * How {@link #run} adds up the terms of an activation {@code x * weights'}.
   *
   * @param x {@code (samples, inputs)}
   * @param weights {@code (units, inputs)}
   */
  public static SumOrder order(CpuTensor x, CpuTensor weights, Execution execution) {
    Matrix samples = Matrix.of(x, false);
    Matrix units = Matrix.of(weights, true);
    return new GemmKernel(new GemmArguments(samples, units, 1, 0, null, false, null, 0))
        .order(execution.rowsAlone);
  }

  private SumOrder order(boolean rowsAlone) {
    GemmKernel runs = transposedIsCheaper() && !rowsAlone ? transposed(null) : this;
    int[] terms = {0};
    int slabs = runs.slabs();
    int[] firstRuns = new int[slabs + 1];
    for (int slab = 0; slab < slabs; slab++) {
      int from = runs.slabStart(slab, slabs);
      int[] further = PackedPanels.runs(from, runs.slabStart(slab + 1, slabs) - from);
      int count = terms.length - 1;
      terms = Arrays.copyOf(terms, count + further.length);
      System.arraycopy(further, 0, terms, count, further.length);
      firstRuns[slab + 1] = terms.length - 1;
    }
    return new SumOrder(terms, firstRuns, false);
  }

  private boolean transposedIsCheaper() {
    long left = (long) m * k;
    long right = (long) k * n;
    long asIs =
        (a.transposed() ? TRANSPOSING * left : 0) + (b.transposed() ? TRANSPOSING : 1) * right;
    long transposed =
        (b.transposed() ? 0 : TRANSPOSING * right)
            + (a.transposed() ? 1 : TRANSPOSING) * left
            + TRANSPOSING * m * n;
    return transposed < asIs;
  }

  /** Multiplies the transposes, and stores the transpose of that. */
  private void runTransposed(Execution execution) {
    float[] product = execution.shared.floats(Scratch.Use.PRODUCT, (long) n * m);
    GemmKernel transposed = transposed(product);
    transposed.runAsIs(execution, execution.rowsAlone ? slabs() : transposed.slabs());
    execution.split(
        m,
        TRANSPOSED_ROWS,
        (i0, i1, worker) -> {
          float[] rows =
              execution.scratch(worker).floats(Scratch.Use.TILE, (long) TRANSPOSED_ROWS * n);
          Transposition.run(product, i0, m, n, i1 - i0, rows, 0, n);
          for (int i = i0; i < i1; i++) {
            store(rows, (i - i0) * n, n, i, 0, true, true);
          }
        });
  }

  /** The product of the transposes. */
  private GemmKernel transposed(float[] product) {
    return new GemmKernel(
        new GemmArguments(b.transpose(), a.transpose(), 1, 0, null, false, product, 0));
  }

  /**
   * Stores a run of sums in row {@code i} of the output, from column {@code j} on.
   *
   * @param first whether these are the first terms of the sums
   * @param last whether they are the last
   */
  private void store(
      float[] sums, int from, int length, int i, int j, boolean first, boolean last) {
    int to = given.outStart() + i * n + j;
    TileRow.store(sums, from, length, given.alpha(), first ? given.beta() : 1, given.out(), to);
    if (last && (given.bias() != null || given.relu())) {
      TileRow.finish(given.out(), to, length, given.biases(), given.biasStart() + j, given.relu());
    }
  }

  /** A block of columns and of the inner dimension, whose right operand is packed. */
  private final class Slab {
    private final int firstColumn;
    private final int columns;
    private final int from;
    private final int depth;
    private final Execution execution;
    private final PackedPanels panels;

    Slab(int firstColumn, int columns, int from, int depth, Execution execution) {
      this.firstColumn = firstColumn;
      this.columns = columns;
      this.from = from;
      this.depth = depth;
      this.execution = execution;
      this.panels = new PackedPanels(columns, depth, execution.shared);
    }

    void run() {
      pack();
      if (!a.transposed()) {
        multiply(a.array(), a.start() + from, k);
        return;
      }
      float[] rows = execution.shared.floats(Scratch.Use.ROWS, (long) m * depth);
      execution.split(
          m,
          ROW_BLOCK,
          (i0, i1, worker) ->
              Transposition.run(
                  a.array(),
                  a.start() + from * m + i0,
                  m,
                  depth,
                  i1 - i0,
                  rows,
                  i0 * depth,
                  depth));
      multiply(rows, 0, depth);
    }

    private void pack() {
      if (b.transposed()) {
        int start = b.start() + firstColumn * k + from;
        panels.packTransposed(b.array(), start, k, execution.workers);
      } else {
        int start = b.start() + from * n + firstColumn;
        execution.workers.run(
            Math.ceilDiv(depth, PACKED_ROWS),
            (piece, worker) -> {
              int p = piece * PACKED_ROWS;
              panels.pack(b.array(), start, n, p, Math.min(depth, p + PACKED_ROWS));
            });
      }
    }

    /** Multiplies the left operand, whose slab stands in {@code rows}, by all panels. */
    private void multiply(float[] rows, int start, int stride) {
      int rowBlocks = Math.ceilDiv(m, ROW_BLOCK);
      long work = (long) m * depth * columns;
      int pieces = Math.clamp(work / GRAIN, 1, Math.max(PIECES, execution.workers.count()));
      int groups =
          Math.clamp(
              Math.max(pieces / Math.max(1, rowBlocks), Math.ceilDiv(columns, BLOCK_COLUMNS)),
              1,
              Math.max(1, panels.count()));
      execution.workers.run(
          rowBlocks * groups,
          (piece, worker) -> {
            int i = piece % rowBlocks * ROW_BLOCK;
            int group = piece / rowBlocks;
            int panel0 = panels.count() * group / groups;
            int panel1 = panels.count() * (group + 1) / groups;
            int column = panels.first(panel0);
            int width = panels.first(panel1) - column;
            int height = Math.min(ROW_BLOCK, m - i);
            float[] block =
                execution.scratch(worker).floats(Scratch.Use.TILE, (long) ROW_BLOCK * width);
            Arrays.fill(block, 0, height * width, 0f);
            panels.multiply(
                PackedPanels.Left.of(rows, start + i * stride, stride, height),
                panel0,
                panel1,
                block,
                width,
                execution.scratch(worker));
            int length = Math.min(width, columns - column);
            for (int r = 0; r < height; r++) {
              store(
                  block,
                  r * width,
                  length,
                  i + r,
                  firstColumn + column,
                  from == 0,
                  from + depth == k);
            }
          });
    }
  }
}
