package dev.wta.eval.sparse;

/**
 * Binary logistic regression on a few features: the weights that minimise {@code 1/2 |w|^2 + C sum
 * over i of log(1 + exp(-(+-1)(w x_i + b)))}, the bias b not regularised, as scikit-learn's {@code
 * LogisticRegression} has it by default, with {@code C = 1}. Solved by Newton's method.
 */
final class LogisticRegression {
  private static final double COST = 1;
  private static final double TOLERANCE = 1e-9;
  private static final int MOST_STEPS = 100;
  private static final int MOST_HALVINGS = 40;

  private final int width;

  /** The weights and, last, the bias. */
  private final double[] weights;

  private LogisticRegression(int width) {
    this.width = width;
    weights = new double[width + 1];
  }

  /**
   * Fits a classifier.
   *
   * @param x {@code (samples, width)}
   * @param positive {@code (samples)}
   */
  static LogisticRegression fit(double[][] x, boolean[] positive) {
    LogisticRegression fitted = new LogisticRegression(x[0].length);
    double loss = fitted.loss(x, positive, fitted.weights);
    for (int step = 0; step < MOST_STEPS; step++) {
      double[] direction = fitted.newtonDirection(x, positive);
      double gain = 0;
      double part = 1;
      for (int halving = 0; halving < MOST_HALVINGS; halving++, part /= 2) {
        double[] tried = fitted.weights.clone();
        for (int j = 0; j < tried.length; j++) {
          tried[j] -= part * direction[j];
        }
        double triedLoss = fitted.loss(x, positive, tried);
        if (triedLoss < loss) {
          gain = loss - triedLoss;
          loss = triedLoss;
          System.arraycopy(tried, 0, fitted.weights, 0, tried.length);
          break;
        }
      }
      if (gain <= TOLERANCE * loss) {
        break;
      }
    }
    return fitted;
  }

  /** The weights and, last, the bias, {@code (width + 1)}. */
  double[] weights() {
    return weights.clone();
  }

  /** Whether a sample is taken for a positive one. */
  boolean predict(double[] x) {
    return score(x, weights) > 0;
  }

  private double score(double[] x, double[] of) {
    double score = of[width];
    for (int j = 0; j < width; j++) {
      score += of[j] * x[j];
    }
    return score;
  }

  private double loss(double[][] x, boolean[] positive, double[] of) {
    double loss = 0;
    for (int i = 0; i < x.length; i++) {
      double margin = positive[i] ? score(x[i], of) : -score(x[i], of);
      loss += COST * (Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(0, -margin));
    }
    for (int j = 0; j < width; j++) {
      loss += of[j] * of[j] / 2;
    }
    return loss;
  }

  /** The inverse Hessian times the gradient. */
  private double[] newtonDirection(double[][] x, boolean[] positive) {
    double[] gradient = weights.clone();
    gradient[width] = 0;
    double[][] hessian = new double[width + 1][width + 1];
    for (int j = 0; j < width; j++) {
      hessian[j][j] = 1;
    }
    hessian[width][width] = 1e-12; // where all samples are certain
    for (int i = 0; i < x.length; i++) {
      double p = 1 / (1 + Math.exp(-score(x[i], weights)));
      double residual = COST * (p - (positive[i] ? 1 : 0));
      double curvature = COST * p * (1 - p);
      for (int j = 0; j <= width; j++) {
        double left = j == width ? 1 : x[i][j];
        gradient[j] += residual * left;
        for (int k = 0; k <= j; k++) {
          hessian[j][k] += curvature * left * (k == width ? 1 : x[i][k]);
        }
      }
    }
    return solve(hessian, gradient);
  }

  /** Solves {@code a y = b} by Cholesky's method; {@code a}'s lower half counts and is replaced. */
  private static double[] solve(double[][] a, double[] b) {
    int n = b.length;
    for (int j = 0; j < n; j++) {
      for (int i = j; i < n; i++) {
        double sum = a[i][j];
        for (int k = 0; k < j; k++) {
          sum -= a[i][k] * a[j][k];
        }
        a[i][j] = i == j ? Math.sqrt(Math.max(sum, Double.MIN_NORMAL)) : sum / a[j][j];
      }
    }
    double[] y = b.clone();
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < i; k++) {
        y[i] -= a[i][k] * y[k];
      }
      y[i] /= a[i][i];
    }
    for (int i = n - 1; i >= 0; i--) {
      for (int k = i + 1; k < n; k++) {
        y[i] -= a[k][i] * y[k];
      }
      y[i] /= a[i][i];
    }
    return y;
  }
}
