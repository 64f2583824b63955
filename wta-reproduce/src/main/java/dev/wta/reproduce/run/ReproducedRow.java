package dev.wta.reproduce.run;

import dev.wta.reproduce.Measured;
import dev.wta.reproduce.Row;

/**
 * A row of a table with what was measured.
 *
 * @param measured null where nothing was: the system is only quoted, the scale has too few samples,
 *     or its turn has not come
 * @param seconds wall time of the row: of its trainings, in whichever row they were done, and of
 *     its own measurement
 * @param trainingSeconds the trainings' part of it
 */
public record ReproducedRow(Row row, Measured measured, double seconds, double trainingSeconds) {
  /** A row that was not measured. */
  public static ReproducedRow unmeasured(Row row) {
    return new ReproducedRow(row, null, 0, 0);
  }
}
