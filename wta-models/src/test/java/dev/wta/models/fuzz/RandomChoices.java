package dev.wta.models.fuzz;

import java.util.List;
import java.util.Random;

/** Random choices of one case: the same for the same seed. */
record RandomChoices(Random random) {

  static RandomChoices of(String family, long seed) {
    return new RandomChoices(new Random(seed * 1_000_003 + family.hashCode()));
  }

  /** A whole number in {@code [low, high]}, every one as likely. */
  int whole(int low, int high) {
    return low + random.nextInt(high - low + 1);
  }

  /** A whole number in {@code [low, high]}, every order of magnitude as likely. */
  int size(int low, int high) {
    return Math.clamp(Math.round(real(low, high)), low, high);
  }

  /** A number between two positive ones, every order of magnitude as likely. */
  double real(double low, double high) {
    return low * Math.pow(high / low, random.nextDouble());
  }

  double uniform(double low, double high) {
    return low + (high - low) * random.nextDouble();
  }

  /** True once in {@code times}. */
  boolean once(int times) {
    return random.nextInt(times) == 0;
  }

  @SafeVarargs
  final <T> T oneOf(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  <T> T oneOf(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
