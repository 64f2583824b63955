package dev.wta.eval.report;

import dev.wta.data.Dataset;
import java.util.Arrays;

/** Some samples of a data set, evenly spread over it: files are often sorted by class. */
final class SampleSpread {
  private SampleSpread() {}

  /** That many of the samples, at most all. */
  static Dataset over(Dataset data, int count) {
    if (count >= data.size()) {
      return data;
    }
    int[] rows = new int[count];
    Arrays.setAll(rows, i -> (int) ((long) i * data.size() / count));
    return data.subset(rows);
  }
}
