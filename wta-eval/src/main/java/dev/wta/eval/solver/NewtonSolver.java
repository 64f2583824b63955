package dev.wta.eval.solver;

import java.util.Arrays;
import java.util.Optional;

/**
 * Minimises {@code 1/2 |w|^2 + loss(X w)} over the weights, the bias's included, by Newton's method
 * in the primal with conjugate gradients for the step and an exact line search along it (Keerthi
 * and DeCoste 2005). The conjugate gradients start from what a sample of the data says of the
 * Hessian, see {@link Preconditioner}. Independent classes are solved side by side, sharing the
 * passes over the features.
 *
 * <p>Weights, scores, gradients and objectives are kept in double precision; products with the
 * features are float32, which is what bounds the precision: gradients can be brought down to about
 * 1e-6 of what they are at zero.
 */
public final class NewtonSolver implements AutoCloseable {
  private static final int MAX_STEPS = 200;
  private static final int MAX_INNER = 500;
  private static final double INNER_TOLERANCE = 0.1;

  /** Steps that gain less than this part of the objective are float32's noise. */
  private static final double NOISE = 1e-10;

  private final DesignMatrix design;
  private final ProbeLoss loss;
  private final double tolerance;
  private final VectorGroups groups;
  private final ConjugateGradients conjugateGradients;
  private final Hessian hessian;
  private final Optional<Preconditioner> preconditioner;
  private final double[] gradient;
  private final double[] step;
  private final double[] stepScores;

  /**
   * @param tolerance the norm of the gradient at which a group is done, as a part of its norm at
   *     weights of zero times the {@linkplain ProbeLoss#rarity rarity}: LIBLINEAR's {@code -e}
   */
  public NewtonSolver(DesignMatrix design, ProbeLoss loss, double tolerance) {
    this.design = design;
    this.loss = loss;
    this.tolerance = tolerance;
    int count = loss.groups(design.classes());
    groups = new VectorGroups(count, design.classes() * design.columns() / count);
    conjugateGradients = new ConjugateGradients(groups, MAX_INNER);
    hessian = new Hessian(design, loss);
    preconditioner = Preconditioner.of(design, loss);
    gradient = groups.vector();
    step = groups.vector();
    stepScores = new double[design.samples() * design.classes()];
  }

  /**
   * Receives, after each step, the fraction of the way to the tolerance that is done, from 0 to 1.
   */
  @FunctionalInterface
  public interface Progress {
    void reached(double part);
  }

  /**
   * How a solve went.
   *
   * @param objectives {@code (groups)}: the minima found
   * @param steps Newton steps
   * @param products products with the Hessian
   * @param converged whether every group's gradient met the tolerance, rather than float32's floor
   */
  @SuppressWarnings("ArrayRecordComponent")
  public // a carrier of columns, never compared
  record Summary(double[] objectives, int steps, int products, boolean converged) {}

  /** The norms of the gradients at weights of zero for a cost of 1, from which solves measure. */
  public double[] gradientsAtZero(ProbeLoss.Samples samples) {
    ProbeLoss.Samples unit = samples.at(1);
    ProbeLoss.Evaluation zero = loss.evaluate(unit, new double[stepScores.length]);
    design.transposed(design.all(), zero.residual(), gradient);
    double[] norms = new double[groups.count()];
    for (int g = 0; g < norms.length; g++) {
      norms[g] = groups.norm(g, gradient);
    }
    return norms;
  }

  /**
   * Moves {@code at} to the minimum.
   *
   * @param gradientsAtZero of these samples
   */
  public Summary solve(
      ProbeLoss.Samples samples, double[] gradientsAtZero, Iterate at, Progress progress) {
    ConjugateGradients.Operator inverse = ConjugateGradients.Operator.IDENTITY;
    if (preconditioner.isPresent()) {
      preconditioner.get().moveTo(samples.cost());
      inverse = preconditioner.get()::apply;
    }
    design.scores(at.weights(), at.scores()); // without the rounding that earlier steps accumulated
    double[] lastObjective = new double[groups.count()];
    Arrays.fill(lastObjective, Double.POSITIVE_INFINITY);
    int products = 0;
    for (int steps = 0; ; steps++) {
      ProbeLoss.Evaluation here = loss.evaluate(samples, at.scores());
      hessian.moveTo(here.curvature(), samples.cost());
      hessian.gradient(here.residual(), gradient);
      double[] objectives = new double[groups.count()];
      double[] inner = new double[groups.count()];
      boolean[] open = new boolean[groups.count()];
      boolean converged = true;
      double part = 1;
      for (int g = 0; g < groups.count(); g++) {
        groups.add(g, 1, at.weights(), gradient);
        objectives[g] = 0.5 * groups.dot(g, at.weights(), at.weights()) + here.loss()[g];
        double start = samples.cost() * gradientsAtZero[g];
        double target = tolerance * loss.rarity(samples, g) * start;
        double norm = groups.norm(g, gradient);
        boolean done = norm <= target;
        converged &= done;
        open[g] = !done && lastObjective[g] - objectives[g] > NOISE * Math.abs(objectives[g]);
        inner[g] = open[g] ? Math.min(INNER_TOLERANCE, Math.sqrt(norm / start)) : Double.NaN;
        if (open[g]) {
          part = Math.min(part, Math.log(norm / start) / Math.log(target / start));
        }
      }
      progress.reached(Math.clamp(part, 0, 1));
      if (!VectorGroups.any(open) || steps == MAX_STEPS) {
        return new Summary(objectives, steps, products, converged);
      }
      lastObjective = objectives;
      products += conjugateGradients.solve(hessian::apply, inverse, gradient, inner, step);
      advance(samples, at, open);
    }
  }

  /** Moves along {@link #step} to the minimum of each open group. */
  private void advance(ProbeLoss.Samples samples, Iterate at, boolean[] open) {
    design.scores(step, stepScores);
    double[] along = new double[groups.count()];
    double[] square = new double[groups.count()];
    for (int g = 0; g < groups.count(); g++) {
      along[g] = groups.dot(g, at.weights(), step);
      square[g] = groups.dot(g, step, step);
    }
    double[] best =
        LineSearch.minimise(
            (trial, slope, curvature) -> {
              loss.alongLine(samples, at.scores(), stepScores, trial, slope, curvature);
              for (int g = 0; g < trial.length; g++) {
                slope[g] += along[g] + trial[g] * square[g];
                curvature[g] += square[g];
              }
            },
            open);
    for (int g = 0; g < groups.count(); g++) {
      groups.add(g, best[g], step, at.weights());
    }
    int classesPerGroup = design.classes() / groups.count();
    double[] scores = at.scores();
    for (int i = 0; i < scores.length; i += design.classes()) {
      for (int k = 0; k < design.classes(); k++) {
        scores[i + k] += best[k / classesPerGroup] * stepScores[i + k];
      }
    }
  }

  @Override
  public void close() {
    hessian.close();
    preconditioner.ifPresent(Preconditioner::close);
  }
}
