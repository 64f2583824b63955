package dev.wta.models.optimizer;

/** How the learning rate changes over a run. A value: a record. */
public interface Schedule {

  /**
   * What to multiply the learning rate by.
   *
   * @param step the number of steps done, those of a warm-up not counted
   * @param totalSteps the number of steps of the whole run after its warm-up
   */
  double factor(long step, long totalSteps);

  /**
   * What to multiply the learning rate by in a run that begins with a warm-up: it rises, and then
   * the schedule begins.
   *
   * @param step the number of steps done
   * @param totalSteps the number of steps of the whole run
   * @param warmup the steps over which the rate rises
   * @param stepsBefore the steps behind the first parameters, which count in the warm-up
   */
  default double factor(long step, long totalSteps, int warmup, long stepsBefore) {
    long left = Math.max(0, warmup - stepsBefore);
    return step < left
        ? (stepsBefore + step + 1.0) / warmup
        : factor(step - left, totalSteps - left);
  }

  /**
   * What to multiply the learning rate by from now on, after an epoch: 1 unless a schedule watches
   * the loss.
   *
   * @param loss of the epoch's samples, averaged
   * @param before the same of the epoch before
   */
  default double afterEpoch(double loss, double before) {
    return 1;
  }

  /** How the training settings write it, such as {@code cosine}; {@link #named} reads it again. */
  String name();

  /** 1 throughout. */
  record Constant() implements Schedule {
    @Override
    public double factor(long step, long totalSteps) {
      return 1;
    }

    @Override
    public String name() {
      return "constant";
    }
  }

  /** 1, then 0.3 from half of the run on, then 0.1 from four fifths on. */
  record Step() implements Schedule {
    @Override
    public double factor(long step, long totalSteps) {
      if (step >= totalSteps - totalSteps / 5) {
        return 0.1;
      }
      return step >= totalSteps - totalSteps / 2 ? 0.3 : 1;
    }

    @Override
    public String name() {
      return "step";
    }
  }

  /** A straight line from 1 at the first step to 0 after the last. */
  record Linear() implements Schedule {
    @Override
    public double factor(long step, long totalSteps) {
      return Math.max(0, 1 - (double) step / totalSteps);
    }

    @Override
    public String name() {
      return "linear";
    }
  }

  /** Half a cosine from 1 at the first step to 0 after the last. */
  record Cosine() implements Schedule {
    @Override
    public double factor(long step, long totalSteps) {
      return (1 + StrictMath.cos(Math.PI * Math.min(1, (double) step / totalSteps))) / 2;
    }

    @Override
    public String name() {
      return "cosine";
    }
  }

  /** Times 0.9 after each epoch that lowers the loss by less than a hundredth. */
  record Plateau() implements Schedule {
    private static final double SHORTENED = 0.9;
    private static final double ENOUGH = 0.01;

    @Override
    public double factor(long step, long totalSteps) {
      return 1;
    }

    @Override
    public double afterEpoch(double loss, double before) {
      return before - loss < ENOUGH * Math.abs(before) ? SHORTENED : 1;
    }

    @Override
    public String name() {
      return "plateau";
    }
  }

  /**
   * {@code 1 / (1 + decay * step)}: the rate halves after {@code 1 / decay} steps, however long the
   * run.
   *
   * @param decay positive
   */
  record Inverse(double decay) implements Schedule {
    public Inverse {
      if (!(decay > 0 && Double.isFinite(decay))) {
        throw new IllegalArgumentException("a decay above 0, not " + decay);
      }
    }

    @Override
    public double factor(long step, long totalSteps) {
      return 1 / (1 + decay * step);
    }

    @Override
    public String name() {
      return "inverse(" + decay + ")";
    }
  }

  /**
   * The schedule that a training setting names: one of these, or one that a {@link
   * TrainingProvider} adds.
   *
   * @throws IllegalArgumentException if there is none of that name, or its arguments are wrong
   */
  static Schedule named(String name) {
    return TrainingNames.schedule(name);
  }
}
