package dev.wta.backend.cpu.gemm;

import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.gemm.GemmArguments.Matrix;
import dev.wta.backend.cpu.vector.Transposition;
import java.util.Arrays;

/**
 * A dense product {@code out = epilogue(alpha * op(a) * op(b) + beta * out)} of a few columns or a
 * few rows. It is bound by reading the operand that is wide, which is therefore read once and where
 * it stands: packing it, as {@link GemmKernel} does, would cost as much again.
 *
 * <p>The wide operand's rows run along the inner dimension and are multiplied with the thin one's
 * rows ({@link ThinDots}), or across it and are added up with the thin one's weights ({@link
 * ThinSums}).
 */
public final class ThinGemm {
  /** The most rows or columns that count as few. */
  private static final int THIN = 16;

  /** Where rows are shorter, vectors do not pay. */
  private static final int LENGTH = 64;

  /** Elements of a row that are summed in float32 before their sum is added to others. */
  private static final int DEPTH = 2048;

  /** Rows of the wide operand that make a piece of work. */
  private static final int PIECE = 64;

  /** The widest sums: a few of them fit a near cache. */
  private static final int COLUMNS = 4096;

  /** The most pieces that rows to be added up are cut into: each needs sums of its own. */
  private static final int PARTS = 16;

  private final GemmArguments given;
  private final int m;
  private final int n;
  private final int k;
  private final boolean thinRight;
  private final Matrix thin;
  private final Matrix wide;
  private final float[] bias; // (n), or null

  public ThinGemm(GemmArguments given) {
    this.given = given;
    this.m = given.a().rows();
    this.n = given.b().columns();
    this.k = given.a().columns();
    this.thinRight = n <= m;
    this.thin = thinRight ? given.b() : given.a();
    this.wide = thinRight ? given.a() : given.b();
    this.bias = given.biases();
  }

  /** Whether a product is thin, and large enough to be worth it. */
  public static boolean suits(GemmArguments given) {
    int m = given.a().rows();
    int n = given.b().columns();
    int k = given.a().columns();
    return Math.min(m, n) <= THIN && Math.min(m, n) > 0 && Math.max(m, n) >= LENGTH && k >= LENGTH;
  }

  /** Multiplies on all threads. */
  public void run(Execution execution) {
    boolean along = thinRight != wide.transposed();
    boolean thinAlong = thinRight == thin.transposed();
    int count = Math.min(m, n);
    if (along == thinAlong) {
      multiply(execution, along, thin.array(), thin.start(), count);
    } else {
      float[] turned = execution.shared.floats(Scratch.Use.ROWS, (long) k * count);
      int rows = thinAlong ? count : k;
      int columns = thinAlong ? k : count;
      Transposition.run(thin.array(), thin.start(), columns, rows, columns, turned, 0, rows);
      multiply(execution, along, turned, 0, count);
    }
  }

  private void multiply(
      Execution execution, boolean along, float[] thin, int thinStart, int count) {
    if (along) {
      dots(execution, thin, thinStart, count);
    } else {
      sums(execution, thin, thinStart, count);
    }
  }

  /**
   * @param thin {@code (count, k)}
   */
  private void dots(Execution execution, float[] thin, int thinStart, int count) {
    execution.split(
        Math.max(m, n),
        PIECE,
        (i0, i1, worker) -> {
          ThinDots dots = ThinDots.of(execution.scratch(worker));
          for (int i = i0; i < i1; i += ThinDots.ROWS) {
            int rows = Math.min(ThinDots.ROWS, i1 - i);
            for (int c = 0; c < count; c += ThinDots.COLUMNS) {
              int columns = Math.min(ThinDots.COLUMNS, count - c);
              dots.clear();
              for (int from = 0; from < k; from += DEPTH) {
                int length = Math.min(DEPTH, k - from);
                dots.add(
                    wide.array(),
                    wide.start() + i * k + from,
                    rows,
                    thin,
                    thinStart + c * k + from,
                    columns,
                    k,
                    length);
              }
              for (int r = 0; r < rows; r++) {
                for (int q = 0; q < columns; q++) {
                  store(i + r, c + q, dots.sum(r, q));
                }
              }
            }
          }
        });
  }

  /**
   * @param weights {@code (k, count)}
   */
  private void sums(Execution execution, float[] weights, int weightStart, int count) {
    int extent = Math.max(m, n);
    int strips = Math.ceilDiv(extent, COLUMNS);
    int width = Math.ceilDiv(extent, strips);
    int parts = Math.clamp(k / PIECE, 1, Math.ceilDiv(PARTS, strips));
    int rows = Math.ceilDiv(Math.ceilDiv(k, parts), ThinSums.ROWS) * ThinSums.ROWS;
    float[] partial =
        execution.shared.floats(Scratch.Use.PANELS, (long) parts * count * strips * width);
    execution.workers.run(
        strips * parts,
        (piece, worker) -> {
          int j = piece / parts * width;
          int columns = Math.min(width, extent - j);
          int i = Math.min(k, piece % parts * rows);
          int to = piece * count * width;
          Arrays.fill(partial, to, to + count * width, 0);
          ThinSums.addMany(
              wide.array(),
              wide.start() + i * extent + j,
              extent,
              Math.min(rows, k - i),
              columns,
              weights,
              weightStart + i * count,
              count,
              partial,
              to,
              execution.scratch(worker));
        });
    execution.splitRows(
        extent,
        (long) parts * count,
        (j0, j1, worker) -> {
          for (int c = 0; c < count; c++) {
            for (int j = j0; j < j1; j++) {
              int strip = j / width;
              int columns = Math.min(width, extent - strip * width);
              int from = strip * parts * count * width + c * columns + j - strip * width;
              float sum = 0;
              for (int part = 0; part < parts; part++) {
                sum += partial[from + part * count * width];
              }
              store(j, c, sum);
            }
          }
        });
  }

  /** Writes the result's number at {@code i} of the wide side and {@code c} of the thin one. */
  private void store(int i, int c, float sum) {
    int row = thinRight ? i : c;
    int column = thinRight ? c : i;
    int at = given.outStart() + row * n + column;
    float[] out = given.out();
    float value = given.alpha() * sum;
    if (given.beta() != 0) {
      value += given.beta() * out[at];
    }
    if (bias != null) {
      value += bias[given.biasStart() + column];
    }
    out[at] = given.relu() && value < 0 ? 0 : value;
  }
}
