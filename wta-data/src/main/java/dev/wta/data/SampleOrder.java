package dev.wta.data;

/** The order in which an epoch visits the rows of a data set: each exactly once. */
sealed interface SampleOrder permits SequentialOrder, ShuffledOrder {
  /** How many rows are still to come. */
  int remaining();

  /** The next row. */
  int next();
}
