package dev.wta.backend.cpu;

import dev.wta.api.Gradient;
import java.util.Arrays;
import java.util.List;

/** Spells a factored gradient out, a block of units at a time. */
final class GradientRows {
  /** A block's gradient fits the second cache beside the batch. */
  private static final int UNITS = 64;

  /** Blocks enough for a few dozen threads. */
  private static final int PIECES = 32;

  private final int rowSize;
  private final Term[] terms;

  private GradientRows(int rowSize, Term[] terms) {
    this.rowSize = rowSize;
    this.terms = terms;
  }

  /**
   * @param rowSize the elements of a unit's row
   */
  static GradientRows of(CpuMemory memory, Gradient.Factored gradient, int rowSize) {
    List<Gradient.Term> factors = gradient.terms();
    Term[] terms = new Term[factors.size()];
    for (int i = 0; i < terms.length; i++) {
      terms[i] = new Term(memory, factors.get(i));
    }
    return new GradientRows(rowSize, terms);
  }

  /** How many units to spell out at a time, of {@code units}: the more, the more they share. */
  static int block(int units) {
    return Math.clamp(Math.ceilDiv(units, PIECES), 1, UNITS);
  }

  /** Writes the gradient of units {@code from} to {@code to - 1} to {@code rows}. */
  void spellOut(int from, int to, float[] rows, Scratch scratch) {
    Arrays.fill(rows, 0, (to - from) * rowSize, 0f);
    for (Term term : terms) {
      if (term.window == null) {
        term.addRows(from, to, rows, rowSize, scratch.weightedRows());
      } else {
        term.addWindows(from, to, rows, rowSize);
      }
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

    void addRows(int from, int to, float[] rows, int rowSize, WeightedRows sums) {
      sums.clear();
      for (int u = from; u < to; u++) {
        for (int slot = winners.unitStart()[u]; slot < winners.unitStart()[u + 1]; slot++) {
          sums.add(coefficient(slot), batchRow(slot));
        }
        sums.endGroup();
      }
      sums.addTo(batch, 0, to - from, 0, rowSize, rows, 0, rowSize);
    }

    void addWindows(int from, int to, float[] rows, int rowSize) {
      for (int u = from; u < to; u++) {
        for (int slot = winners.unitStart()[u]; slot < winners.unitStart()[u + 1]; slot++) {
          int position = winners.isMap() ? winners.position()[slot] : 0;
          window.read(
              coefficient(slot), batch, batchRow(slot), position, rows, (u - from) * rowSize);
        }
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
