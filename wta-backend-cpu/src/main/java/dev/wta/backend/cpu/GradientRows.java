package dev.wta.backend.cpu;

import dev.wta.api.Gradient;
import java.util.Arrays;
import java.util.List;

/** Spells a factored gradient out, a unit's row at a time. */
final class GradientRows {
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

  /** Writes the gradient of unit {@code u}'s row to {@code row}. */
  void spellOut(int u, float[] row, Scratch scratch) {
    Arrays.fill(row, 0, rowSize, 0f);
    for (Term term : terms) {
      if (term.window == null) {
        term.addRows(u, row, rowSize, scratch.weightedRows());
      } else {
        term.addWindows(u, row);
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

    void addRows(int u, float[] row, int rowSize, WeightedRows rows) {
      rows.clear();
      for (int slot = winners.unitStart()[u]; slot < winners.unitStart()[u + 1]; slot++) {
        rows.add(coefficient(slot), batchRow(slot));
      }
      rows.addTo(batch, row, 0, rowSize);
    }

    void addWindows(int u, float[] row) {
      for (int slot = winners.unitStart()[u]; slot < winners.unitStart()[u + 1]; slot++) {
        int position = winners.isMap() ? winners.position()[slot] : 0;
        window.read(coefficient(slot), batch, batchRow(slot), position, row, 0);
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
