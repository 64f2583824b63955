package dev.wta.data.codes;

/** How Arrow files of sparse codes name their parts. */
public final class SparseColumns {
  /** The column of the active features' numbers, ascending, from 0. */
  public static final String INDICES = "indices";

  /** The column of their values. */
  public static final String VALUES = "values";

  /** The key of the schema's metadata for the features of a sample, active or not. */
  public static final String FEATURES = "wta.features";

  private SparseColumns() {}
}
