package dev.wta.data;

import dev.wta.api.WtaException;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Labels that reach much further than there are classes, such as 0, 1 and 9,999: work and memory
 * would go to classes that nothing is of.
 */
public final class LabelGaps {
  private static final int FEW = 100;
  private static final int SHARE = 10;

  private LabelGaps() {}

  /** The classes that occur, in rising order. */
  public static int[] occurring(int[]... labels) {
    return Arrays.stream(labels).flatMapToInt(Arrays::stream).distinct().sorted().toArray();
  }

  /**
   * Whether the largest label is at least {@value #FEW}, and less than a tenth of the numbers up to
   * it are classes.
   *
   * @param occurring the classes that occur, in rising order
   */
  public static boolean in(int[] occurring) {
    int largest = occurring.length == 0 ? 0 : occurring[occurring.length - 1];
    return largest >= FEW && largest / SHARE >= occurring.length;
  }

  /**
   * Refuses labels with such gaps.
   *
   * @throws WtaException if there are any
   */
  public static void refuse(int[]... labels) {
    int[] occurring = occurring(labels);
    if (in(occurring)) {
      throw new WtaException(
          "labels reach to %,d, and only %s"
              .formatted(occurring[occurring.length - 1], occur(occurring.length)),
          "number the classes from 0 without gaps");
    }
  }

  /** That so many classes occur, for people: {@code 1 class occurs}. */
  public static String occur(int classes) {
    return classes == 1 ? "1 class occurs" : "%,d classes occur".formatted(classes);
  }

  /** The labels as places among the classes that occur. */
  public static int[] renumbered(int[] labels, int[] occurring) {
    return IntStream.of(labels).map(label -> Arrays.binarySearch(occurring, label)).toArray();
  }
}
