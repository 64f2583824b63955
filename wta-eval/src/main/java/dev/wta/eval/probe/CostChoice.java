package dev.wta.eval.probe;

import java.math.BigDecimal;
import java.math.MathContext;

/** The choice of a probe's C, the weight of the loss against the regulariser. */
public sealed interface CostChoice {

  /** The caller chose. */
  record Fixed(double c) implements CostChoice {
    public Fixed {
      if (!(c > 0) || Double.isInfinite(c)) {
        throw new IllegalArgumentException("C is a positive number, not " + c);
      }
    }
  }

  /**
   * The value with the fewest errors on held-out training samples, the smallest of equals. The
   * values rise geometrically from {@code from} to {@code to}; the scan ends early once {@code
   * patience} of them in a row did no better than the best, and continues past either end as long
   * as errors become fewer. The probe is then fitted again to all training samples.
   *
   * @param perDecade values from one power of ten to the next
   * @param heldOut the part of each class's samples that is held out
   * @param splits how often samples are held out, others each time until all have been; errors are
   *     then the mean over the splits
   */
  record Grid(double from, double to, int perDecade, int patience, double heldOut, int splits)
      implements CostChoice {
    /** So many held-out samples distinguish values of C; more cost time. */
    private static final int ENOUGH_HELD_OUT = 2000;

    /** Twice through samples of which a sixth is held out. */
    private static final int MOST_SPLITS = 12;

    public Grid {
      if (!(from > 0 && from <= to) || Double.isInfinite(to) || perDecade < 1 || patience < 1) {
        throw new IllegalArgumentException(
            "no such grid: %s to %s, %d a decade, patience %d"
                .formatted(from, to, perDecade, patience));
      }
      if (!(heldOut > 0 && heldOut < 1)) {
        throw new IllegalArgumentException("the held-out part lies in (0, 1), not " + heldOut);
      }
      if (splits < 1) {
        throw new IllegalArgumentException("samples are held out at least once, not " + splits);
      }
    }

    /** 0.01, 0.0215, 0.0464, ... 100, a sixth of the samples held out, once. */
    public static Grid standard() {
      return new Grid(1e-2, 1e2, 3, 3, 1 / 6.0, 1);
    }

    /**
     * The standard grid for a given number of samples: of few, a sixth would be too few to choose
     * by (50 of 300), so up to 12 splits hold out others each, until 2,000 have been predicted.
     */
    public static Grid forSamples(int samples) {
      Grid standard = standard();
      double once = standard.heldOut * samples;
      return standard.withSplits(
          Math.clamp((int) (ENOUGH_HELD_OUT / Math.max(once, 1)), 1, MOST_SPLITS));
    }

    public Grid withSplits(int count) {
      return new Grid(from, to, perDecade, patience, heldOut, count);
    }

    /** The value {@code index} steps from the first, to the three digits that people read. */
    double value(int index) {
      double exact = from * Math.pow(10, index / (double) perDecade);
      return new BigDecimal(exact).round(new MathContext(3)).doubleValue();
    }

    /** The number of values from {@code from} to {@code to}. */
    int size() {
      return 1 + (int) Math.floor(perDecade * Math.log10(to / from) + 1e-9);
    }
  }
}
