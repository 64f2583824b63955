package dev.wta.eval.probe;

import dev.wta.api.WtaException;
import dev.wta.api.random.Seed;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Which labelled samples a probe with few labels is fitted to. */
public sealed interface LabelledSubsets {
  /** What results call them: {@code random} or {@code first}. */
  String name();

  /** The number of subsets of each size. */
  int count();

  /**
   * The samples of a subset.
   *
   * @param labels {@code (samples)}: classes from 0
   * @param size how many samples
   * @param number which of the subsets of this size, from 0
   * @return {@code (size)}, in rising order
   * @throws WtaException if there is no such subset of these samples
   */
  int[] rows(int[] labels, int size, int number);

  /** The seed by which a subset's samples are held out to choose C. */
  Seed heldOutSeed(int number);

  /**
   * Samples chosen at random, as many of each class. A size that is not a multiple of the number of
   * classes gives some classes one sample more than others; a class with too few samples gives all
   * of them, and the others make up for it.
   *
   * @param count the number of subsets of each size
   * @param seed chooses the samples, and which of them are held out
   */
  record Random(int count, Seed seed) implements LabelledSubsets {
    public Random {
      if (count < 1) {
        throw new IllegalArgumentException("at least one subset is needed, not " + count);
      }
    }

    @Override
    public String name() {
      return "random";
    }

    @Override
    public int[] rows(int[] labels, int size, int number) {
      return StratifiedSample.of(labels, size, seed, number);
    }

    @Override
    public Seed heldOutSeed(int number) {
      return Seed.of(seed.value() + number);
    }
  }

  /**
   * The first samples of each class in the data's order: one subset of each size, the same for
   * everyone who has the data.
   *
   * @param heldOutSeed chooses which of them are held out
   */
  record First(Seed heldOutSeed) implements LabelledSubsets {
    public static final String NAME = "first";

    @Override
    public String name() {
      return NAME;
    }

    @Override
    public int count() {
      return 1;
    }

    @Override
    public int[] rows(int[] labels, int size, int number) {
      int classes = Math.toIntExact(Arrays.stream(labels).distinct().count());
      if (size % classes != 0) {
        throw new WtaException(
            "%,d labels cannot be the first ones of each of %d classes, as many of each"
                .formatted(size, classes),
            "ask for a multiple of " + classes);
      }
      int ofEach = size / classes;
      int[] taken = new int[Arrays.stream(labels).max().orElse(0) + 1];
      int[] rows =
          IntStream.range(0, labels.length).filter(i -> taken[labels[i]]++ < ofEach).toArray();
      if (rows.length < size) {
        throw new WtaException(
            "%,d labels are %,d of each class, and not every class has as many"
                .formatted(size, ofEach),
            "ask for fewer, or for random subsets");
      }
      return rows;
    }

    @Override
    public Seed heldOutSeed(int number) {
      return heldOutSeed;
    }
  }
}
