package dev.wta.backend.cpu;

import static dev.wta.backend.cpu.Lanes.COUNT;
import static dev.wta.backend.cpu.Lanes.FLOATS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The right operand of a product, packed: columns in panels of two vectors, each panel laid out
 * depth by depth, so that the register tile reads it in one stream. Columns beyond the last are
 * zeros; a last panel with at most one vector of columns is one vector wide.
 */
final class Panels {
  /** The columns of a panel. */
  static final int WIDTH = 2 * COUNT;

  private Panels() {}

  static int count(int columns) {
    return Math.ceilDiv(columns, WIDTH);
  }

  /** How wide panel {@code panel} of {@code columns} columns is. */
  static int width(int columns, int panel) {
    return columns - panel * WIDTH <= COUNT ? COUNT : WIDTH;
  }

  /** The floats that the panels of {@code columns} columns take. */
  static int size(int columns, int depth) {
    return Lanes.padded(columns) * depth;
  }

  /** Where panel {@code panel} begins. */
  static int start(int panel, int depth) {
    return panel * WIDTH * depth;
  }

  /**
   * Packs one panel of {@code b (depth, columns)}.
   *
   * @param from the first element of the block of {@code b}
   * @param stride from one row of {@code b} to the next
   */
  static void pack(
      float[] b, int from, int stride, int columns, int depth, int panel, float[] panels) {
    int width = width(columns, panel);
    int first = panel * WIDTH;
    int present = Math.min(width, columns - first);
    int to = start(panel, depth);
    if (present == WIDTH) {
      for (int p = 0; p < depth; p++) {
        int at = from + p * stride + first;
        FloatVector.fromArray(FLOATS, b, at).intoArray(panels, to + p * WIDTH);
        FloatVector.fromArray(FLOATS, b, at + COUNT).intoArray(panels, to + p * WIDTH + COUNT);
      }
      return;
    }
    for (int p = 0; p < depth; p++) {
      int row = to + p * width;
      System.arraycopy(b, from + p * stride + first, panels, row, present);
      Arrays.fill(panels, row + present, row + width, 0f);
    }
  }

  /**
   * Packs one panel of the transpose of {@code b (columns, depth)}; the panels begin at {@code
   * panelsStart}.
   */
  static void packTransposed(
      float[] b,
      int from,
      int stride,
      int columns,
      int depth,
      int panel,
      float[] panels,
      int panelsStart) {
    int width = width(columns, panel);
    int first = panel * WIDTH;
    int present = Math.min(width, columns - first);
    int to = panelsStart + start(panel, depth);
    Transposition.run(b, from + first * stride, stride, present, depth, panels, to, width);
    if (present < width) {
      for (int p = 0; p < depth; p++) {
        Arrays.fill(panels, to + p * width + present, to + (p + 1) * width, 0f);
      }
    }
  }
}
