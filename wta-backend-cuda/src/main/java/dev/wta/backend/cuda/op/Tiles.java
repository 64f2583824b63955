package dev.wta.backend.cuda.op;

/**
 * Rows that are worked on some at a time, so that what is made of them has bounded room.
 *
 * @param rows all of them
 * @param most the rows of a tile; the last may have fewer
 */
public record Tiles(int rows, int most) {
  /** The most that what is made of a tile takes, if a single row does not take more. */
  static final String PROPERTY = "wta.cuda.tile";

  private static final long BYTES = 256L << 20;

  /** Tiles of as many rows of {@code rowSize} numbers as there is room for. */
  public static Tiles of(int rows, long rowSize) {
    long bytes = Long.getLong(PROPERTY, BYTES);
    long fitting = bytes / Math.max(1, rowSize * Float.BYTES);
    return new Tiles(rows, Math.clamp(fitting, 1, Math.max(1, rows)));
  }

  /** What is done with a tile. */
  @FunctionalInterface
  public interface Work {
    void on(int from, int count);
  }

  public void forEach(Work work) {
    for (int from = 0; from < rows; from += most) {
      work.on(from, Math.min(most, rows - from));
    }
  }
}
