package dev.wta.backend.cpu.sparse;

import dev.wta.api.op.Gradient;
import dev.wta.backend.cpu.conv.MapWindow;
import dev.wta.backend.cpu.gemm.RowSums;
import dev.wta.backend.cpu.memory.CpuMemory;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.memory.CpuWinners;
import dev.wta.backend.cpu.vector.LinearKernels;
import dev.wta.backend.cpu.vector.RunningSum;
import java.util.Arrays;
import java.util.List;

/** Materialises a factored gradient, unit by unit. */
public final class GradientRows {
  /** The most units of a piece of work. */
  private static final int UNITS = 64;

  /** Pieces enough for many threads. */
  private static final int PIECES = 128;

  /** Winners whose float32 sum is exact enough, if there are few; see {@link RunningSum}. */
  private static final int BLOCK = 128;

  private final int rowSize;
  private final Term[] terms;

  private GradientRows(int rowSize, Term[] terms) {
    this.rowSize = rowSize;
    this.terms = terms;
  }

  /**
   * @param rowSize the elements of a unit's row
   */
  public static GradientRows of(CpuMemory memory, Gradient.Factored gradient, int rowSize) {
    List<Gradient.Term> factors = gradient.terms();
    Term[] terms = new Term[factors.size()];
    for (int i = 0; i < terms.length; i++) {
      terms[i] = new Term(memory, factors.get(i));
    }
    return new GradientRows(rowSize, terms);
  }

  /** How many units make a piece of work, of {@code units}. */
  public static int block(int units) {
    return Math.clamp(Math.ceilDiv(units, PIECES), 1, UNITS);
  }

  /** The room that {@link #materialise} needs: for a row, and for the sum of a block of winners. */
  public int room() {
    return 2 * rowSize;
  }

  /**
   * Writes the gradient of unit {@code u} to the first elements of {@code row}.
   *
   * @param row of at least {@link #room} elements
   */
  public void materialise(int u, float[] row) {
    boolean written = false;
    int running = 0; // the winners whose terms were added to the row itself
    for (Term term : terms) {
      int start = term.winners.unitStart()[u];
      int end = term.winners.unitStart()[u + 1];
      int block = RunningSum.block(BLOCK, end - start);
      for (int slot = start; slot < end; slot += block) {
        int last = Math.min(end, slot + block);
        boolean further = slot > start || (written && running + last - slot > 2 * block);
        running += further ? 1 : last - slot;
        int to = further ? rowSize : 0;
        term.add(slot, last, written && !further, row, to, rowSize);
        if (further) {
          LinearKernels.axpy(1, row, to, row, 0, rowSize);
        }
        written = true;
      }
    }
    if (!written) {
      Arrays.fill(row, 0, rowSize, 0f);
    }
  }

  private static final class Term {
    private final CpuWinners winners;
    private final float[] coefficients;
    private final int coefficientStart;
    private final float[] batch;
    private final int batchStart;
    private final int batchRow;
    private final MapWindow window;

    Term(CpuMemory memory, Gradient.Term term) {
      winners = memory.own(term.winners());
      CpuTensor numbers = memory.own(term.coefficients());
      CpuTensor rows = memory.own(term.batch());
      coefficients = numbers.array();
      coefficientStart = numbers.offset();
      batch = rows.array();
      batchStart = rows.offset();
      batchRow = rows.rowSize();
      window = term.window().map(w -> new MapWindow(rows.shape(), w)).orElse(null);
    }

    /**
     * Sums the rows, or the windows, of the winners in slots {@code first} to {@code end - 1}.
     *
     * @param add whether to add to what is in {@code row}, or to overwrite it
     */
    void add(int first, int end, boolean add, float[] row, int to, int length) {
      if (window == null) {
        addRows(first, end, add, row, to, length);
        return;
      }
      if (!add) {
        Arrays.fill(row, to, to + length, 0f);
      }
      for (int slot = first; slot < end; slot++) {
        int position = winners.isMap() ? winners.position()[slot] : 0;
        window.read(coefficient(slot), batch, batchRow(slot), position, row, to);
      }
    }

    /** Four rows at a time. */
    private void addRows(int first, int end, boolean add, float[] row, int to, int length) {
      int slot = first;
      for (; slot + 4 <= end; slot += 4) {
        RowSums.four(
            batch,
            batchRow(slot),
            batchRow(slot + 1),
            batchRow(slot + 2),
            batchRow(slot + 3),
            coefficients,
            coefficientStart + slot,
            add || slot > first,
            row,
            to,
            length);
      }
      if (slot + 2 <= end) {
        RowSums.two(
            batch,
            batchRow(slot),
            batchRow(slot + 1),
            coefficients,
            coefficientStart + slot,
            add || slot > first,
            row,
            to,
            length);
        slot += 2;
      }
      if (slot < end) {
        RowSums.one(
            batch,
            batchRow(slot),
            coefficients,
            coefficientStart + slot,
            add || slot > first,
            row,
            to,
            length);
      }
    }

    private float coefficient(int slot) {
      return coefficients[coefficientStart + slot];
    }

    private int batchRow(int slot) {
      return batchStart + winners.sample()[slot] * batchRow;
    }
  }
}
