package dev.wta.eval.probe;

import dev.wta.api.WtaException;
import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import java.util.Arrays;

/** Splits training samples into those that are fitted and those that choose among the fits. */
public final class HeldOut {
  private HeldOut() {}

  /**
   * Chooses the samples to fit at random, the same fraction of each class.
   *
   * @param part how much of each class is held out: at least one sample where it has two, and never
   *     all
   * @param split the how-manieth split, from 0: each holds out others of a class until there are no
   *     more, and then begins again in another order
   * @return {@code (samples)}: true for those to fit, false for those held out
   * @throws WtaException if no class has two samples
   */
  public static boolean[] fitted(int[] labels, int classes, double part, Seed seed, int split) {
    boolean[] fitted = new boolean[labels.length];
    Arrays.fill(fitted, true);
    boolean any = false;
    for (int k = 0; k < classes; k++) {
      int[] members = members(labels, k);
      int held =
          members.length < 2
              ? 0
              : Math.clamp(Math.round(part * members.length), 1, members.length - 1);
      if (held == 0) {
        continue;
      }
      any = true;
      int splitsOfAnOrder = members.length / held;
      int first = held * (split % splitsOfAnOrder);
      Philox random = seed.stream(order(split / splitsOfAnOrder), k);
      for (int i = 0; i < first + held; i++) { // the start of a Fisher-Yates shuffle
        int drawn = i + random.below(members.length - i, i);
        fitted[members[drawn]] = i < first;
        members[drawn] = members[i];
      }
    }
    if (!any) {
      throw new WtaException(
          "no class has two samples, so none can be held out to choose C", "give C");
    }
    return fitted;
  }

  private static String order(int number) {
    return number == 0 ? "probe/held-out" : "probe/held-out/" + number;
  }

  private static int[] members(int[] labels, int k) {
    int[] members = new int[labels.length];
    int count = 0;
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] == k) {
        members[count++] = i;
      }
    }
    return Arrays.copyOf(members, count);
  }
}
