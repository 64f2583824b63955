package dev.wta.backend.cpu.gemm;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.exec.WorkerPool;
import dev.wta.backend.cpu.tile.GemmTile;
import dev.wta.backend.cpu.vector.Lanes;
import dev.wta.backend.cpu.vector.LinearKernels;
import dev.wta.backend.cpu.vector.Transposition;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;

/**
 * The right operand of a product, {@code (depth, columns)}, packed for the register tiles: columns
 * in panels a few vectors wide, each panel laid out depth by depth, so that a tile reads it in one
 * stream. Columns beyond the last are zeros.
 */
public final class PackedPanels {
  /** The vectors of the widest panel. */
  public static final int VECTORS = GemmTile.widest().vectors;

  /** The tiles of panels of 1 to {@link #VECTORS} vectors. */
  private static final List<GemmTile> TILES =
      IntStream.rangeClosed(1, VECTORS).mapToObj(GemmTile::of).toList();

  /** Every tile's rows divide this, the first such number from 24 on. */
  public static final int ROWS =
      IntStream.iterate(24, rows -> rows + 1)
          .filter(rows -> TILES.stream().allMatch(tile -> rows % tile.rows == 0))
          .findFirst()
          .orElseThrow();

  /** The depth of a piece of work that packs a transpose. */
  private static final int TRANSPOSED_DEPTH = 128;

  private final int columns;
  private final int depth;
  private final int vectors;
  private final int count;
  private final float[] packed;
  private final int base; // where the panels begin in it

  /** Panels yet to be packed, in memory that {@code scratch} lends. */
  public PackedPanels(int columns, int depth, Scratch scratch) {
    this(columns, depth, 0, lines(columns, depth, scratch));
  }

  /**
   * Room for the panels of an operand: each vector of it is a cache line where that has 64 bytes.
   */
  private static Scratch.Lines lines(int columns, int depth, Scratch scratch) {
    return scratch.lines(Scratch.Use.PANELS, (long) Lanes.padded(columns) * depth);
  }

  /**
   * Panels of some of an operand's depth.
   *
   * @param from the depth that lies before
   * @param operand room for all of the operand
   */
  private PackedPanels(int columns, int depth, int from, Scratch.Lines operand) {
    this.columns = columns;
    this.depth = depth;
    this.vectors = Math.ceilDiv(columns, COUNT);
    this.count = Math.ceilDiv(vectors, VECTORS);
    this.packed = operand.array();
    this.base = operand.start() + vectors * COUNT * from;
  }

  /**
   * Panels of an operand that is cut into slabs, side by side in memory that {@code scratch} lends.
   *
   * @param starts the first depth of each slab, and the operand's depth
   */
  public static PackedPanels[] slabs(int columns, int[] starts, Scratch scratch) {
    Scratch.Lines operand = lines(columns, starts[starts.length - 1], scratch);
    return IntStream.range(0, starts.length - 1)
        .mapToObj(
            slab ->
                new PackedPanels(columns, starts[slab + 1] - starts[slab], starts[slab], operand))
        .toArray(PackedPanels[]::new);
  }

  /** How many runs of terms are added up one by one, and their sums then. */
  static int runs(int depth) {
    return Math.ceilDiv(depth, GemmTile.DEPTH);
  }

  /** The first term of a run; that of the run after the last is the depth. */
  static int runStart(int depth, int run) {
    return (int) ((long) depth * run / runs(depth));
  }

  /** What multiplies with a panel of that many vectors. */
  public static GemmTile tile(int vectors) {
    return TILES.get(vectors - 1);
  }

  public int count() {
    return count;
  }

  /**
   * The first column of a panel. The vectors are shared out evenly, so that none is left alone
   * unless there is only one.
   */
  public int first(int panel) {
    return panel * vectors / count * COUNT;
  }

  /** How wide a panel is: whole vectors. */
  int width(int panel) {
    return first(panel + 1) - first(panel);
  }

  /** How many columns of a panel there are. */
  int present(int panel) {
    return Math.min(first(panel + 1), columns) - first(panel);
  }

  /**
   * Packs rows {@code p0} to {@code p1 - 1} of {@code b (depth, columns)} into all panels.
   *
   * @param from the first element of {@code b}
   * @param stride from one row of {@code b} to the next
   */
  void pack(float[] b, int from, int stride, int p0, int p1) {
    for (int panel = 0; panel < count; panel++) {
      int width = width(panel);
      int present = present(panel);
      int to = base + first(panel) * depth + p0 * width;
      int at = from + p0 * stride + first(panel);
      for (int p = p0; p < p1; p++) {
        int j = 0;
        for (; j + COUNT <= present; j += COUNT) {
          FloatVector.fromArray(FLOATS, b, at + j).intoArray(packed, to + j);
        }
        if (j < width) {
          System.arraycopy(b, at + j, packed, to + j, present - j);
          Arrays.fill(packed, to + present, to + width, 0f);
        }
        at += stride;
        to += width;
      }
    }
  }

  /** Packs the transpose of {@code b (columns, depth)} into all panels, on all threads. */
  public void packTransposed(float[] b, int from, int stride, WorkerPool workers) {
    int parts = Math.ceilDiv(depth, TRANSPOSED_DEPTH);
    workers.run(
        count * parts,
        (piece, worker) -> {
          int p = piece % parts * TRANSPOSED_DEPTH;
          packTransposed(b, from, stride, piece / parts, p, Math.min(depth, p + TRANSPOSED_DEPTH));
        });
  }

  /** Packs columns {@code p0} to {@code p1 - 1} of {@code b (columns, depth)} into one panel. */
  private void packTransposed(float[] b, int from, int stride, int panel, int p0, int p1) {
    int width = width(panel);
    int present = present(panel);
    int at = from + first(panel) * stride + p0;
    int to = base + first(panel) * depth + p0 * width;
    Transposition.run(b, at, stride, present, p1 - p0, packed, to, width);
    if (present < width) {
      for (int p = 0; p < p1 - p0; p++) {
        Arrays.fill(packed, to + p * width + present, to + (p + 1) * width, 0f);
      }
    }
  }

  /**
   * Some rows of the left operand.
   *
   * @param start the first element of the first of them in {@code array}
   * @param stride from one row to the next
   * @param count how many there are
   * @param scale a number for each row of the left operand, by which it is multiplied; empty for
   *     the rows as they are
   * @param first the first of these rows' numbers in {@code scale}
   */
  @SuppressWarnings("ArrayRecordComponent") // a plain carrier, never compared
  public record Left(float[] array, int start, int stride, int count, float[] scale, int first) {
    private static final float[] NONE = {};

    /** Rows as they are. */
    public static Left of(float[] array, int start, int stride, int count) {
      return new Left(array, start, stride, count, NONE, 0);
    }

    private void copy(int row, int term, int terms, float[] to, int at) {
      int from = start + row * stride + term;
      if (scale.length == 0) {
        System.arraycopy(array, from, to, at, terms);
      } else {
        LinearKernels.affine(scale[first + row], array, from, 0, to, at, terms);
      }
    }
  }

  /**
   * {@code out[r, j] += sum over p of left[r, p] * b[p, j]} for the columns of panels {@code
   * panel0} to {@code panel1 - 1}, in runs of terms whose sums are added up. Each run's part of the
   * left rows is copied once, to where the tiles expect it, and is in a near cache for all panels.
   *
   * @param out {@code (rows, columns)} from the first of these columns on, rows {@code outStride}
   *     apart, with room for a multiple of {@link #ROWS} rows: what is added beyond the last row
   *     has no meaning
   * @param scratch the worker's
   */
  public void multiply(
      Left rows, int panel0, int panel1, float[] out, int outStride, Scratch scratch) {
    int size = Math.ceilDiv(rows.count(), ROWS) * ROWS * GemmTile.DEPTH;
    int runs = runs(depth);
    float[] left = scratch.floats(Scratch.Use.ROWS, (long) runs * size);
    for (int r = 0; r < rows.count(); r++) {
      for (int run = 0; run < runs; run++) {
        int p = runStart(depth, run);
        int terms = runStart(depth, run + 1) - p;
        rows.copy(r, p, terms, left, run * size + r * GemmTile.DEPTH);
      }
    }
    for (int run = 0; run < runs; run++) {
      int p = runStart(depth, run);
      int terms = runStart(depth, run + 1) - p;
      for (int panel = panel0; panel < panel1; panel++) {
        int width = width(panel);
        int from = base + first(panel) * depth + p * width;
        int to = first(panel) - first(panel0);
        tile(width / COUNT)
            .multiplyRows(left, run * size, rows.count(), packed, from, terms, out, to, outStride);
      }
    }
  }

  /**
   * The first term of each run of {@code depth} terms from {@code from} on, and the term beyond.
   */
  static int[] runs(int from, int depth) {
    return IntStream.rangeClosed(0, runs(depth))
        .map(run -> from + (depth == 0 ? 0 : runStart(depth, run)))
        .toArray();
  }
}
