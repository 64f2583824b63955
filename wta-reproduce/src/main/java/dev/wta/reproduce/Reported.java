package dev.wta.reproduce;

/**
 * A figure that a paper reports.
 *
 * @param value in the table's unit
 */
public record Reported(double value, ReportedFrom mark) {
  /** A figure as it is commonly quoted, and not checked against the paper. */
  public static Reported recalled(double value) {
    return new Reported(value, ReportedFrom.M);
  }
}
