package dev.wta.eval;

/**
 * Where a solver stands: weights {@code (classes, columns)}, flat, and the scores {@code (samples,
 * classes)} that they give. Solving from where another solve ended is a warm start.
 */
@SuppressWarnings("ArrayRecordComponent") // the solver's working memory, never compared
record Iterate(double[] weights, double[] scores) {
  /** Weights of zero for a design matrix. */
  static Iterate zero(DesignMatrix design) {
    return new Iterate(
        new double[design.classes() * design.columns()],
        new double[design.samples() * design.classes()]);
  }

  Iterate copy() {
    return new Iterate(weights.clone(), scores.clone());
  }
}
