package dev.wta.backend.cpu.gemm;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.tile.GemmTile;
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
  private static final int VECTORS = GemmTile.largest().vectors;

  /** The tiles of panels of 1 to {@link #VECTORS} vectors. */
  private static final List<GemmTile> TILES =
      IntStream.rangeClosed(1, VECTORS).mapToObj(GemmTile::of).toList();

  /** Every tile's rows divide this, the first such number from 24 on. */
  public static final int ROWS =
      IntStream.iterate(24, rows -> rows + 1)
          .filter(rows -> TILES.stream().allMatch(tile -> rows % tile.rows == 0))
          .findFirst()
          .orElseThrow();

  /**
   * The deepest run of terms that a tile adds up in one go: a float32 sum of so many is exact
   * enough, and what a row of tiles reads again and again is in the near caches.
   */
  private static final int DEPTH = 264;

  private final int columns;
  private final int depth;
  private final int vectors;
  private final int count;
  private final float[] packed;

  /** Panels yet to be packed, in memory that {@code scratch} lends. */
  public PackedPanels(int columns, int depth, Scratch scratch) {
    this.columns = columns;
    this.depth = depth;
    this.vectors = Math.ceilDiv(columns, COUNT);
    this.count = Math.ceilDiv(vectors, VECTORS);
    this.packed = scratch.floats(Scratch.Use.PANELS, (long) vectors * COUNT * depth);
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
      int to = first(panel) * depth + p0 * width;
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

  /** Packs one panel of the transpose of {@code b (columns, depth)}. */
  public void packTransposed(float[] b, int from, int stride, int panel) {
    int width = width(panel);
    int present = present(panel);
    int to = first(panel) * depth;
    Transposition.run(b, from + first(panel) * stride, stride, present, depth, packed, to, width);
    if (present < width) {
      for (int p = 0; p < depth; p++) {
        Arrays.fill(packed, to + p * width + present, to + (p + 1) * width, 0f);
      }
    }
  }

  /**
   * {@code out[r, j] += sum over p of a[start + r * stride + p] * panel[p, j]} for {@code rows}
   * rows, in runs of terms whose sums are added up.
   *
   * @param out {@code (rows, width)} from {@code outStart}, rows {@code outStride} apart, with room
   *     for a multiple of {@link #ROWS} rows: what is added beyond the last row has no meaning
   */
  public void multiply(
      float[] a,
      int start,
      int stride,
      int rows,
      int panel,
      float[] out,
      int outStart,
      int outStride) {
    int width = width(panel);
    GemmTile tile = TILES.get(width / COUNT - 1);
    int runs = runCount(depth);
    for (int run = 0; run < runs; run++) {
      int p = runStart(depth, run);
      int steps = runStart(depth, run + 1) - p;
      int from = first(panel) * depth + p * width;
      tile.multiplyRows(a, start + p, stride, rows, packed, from, steps, out, outStart, outStride);
    }
  }

  /** In how many runs terms are added up. */
  private static int runCount(int depth) {
    return Math.ceilDiv(depth, DEPTH);
  }

  private static int runStart(int depth, int run) {
    return (int) ((long) depth * run / runCount(depth));
  }

  /**
   * The first term of each run of {@code depth} terms from {@code from} on, and the term beyond.
   */
  static int[] runs(int from, int depth) {
    return IntStream.rangeClosed(0, runCount(depth))
        .map(run -> from + (depth == 0 ? 0 : runStart(depth, run)))
        .toArray();
  }
}
