package dev.wta.eval.solver;

/**
 * Where a solver stands: weights {@code (classes, columns)}, flat, and the scores {@code (samples,
 * classes)} that they give. Solving from where another solve ended is a warm start.
 */
@SuppressWarnings("ArrayRecordComponent")
public // the solver's working memory, never compared
record Iterate(double[] weights, double[] scores) {
  /** Weights of zero for a design matrix. */
  public static Iterate zero(DesignMatrix design) {
    return new Iterate(
        new double[design.classes() * design.columns()],
        new double[design.samples() * design.classes()]);
  }

  public Iterate copy() {
    return new Iterate(weights.clone(), scores.clone());
  }
}
