package dev.wta.data;

import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * The built-in data: handwritten digits of 8x8 pixels, from the data set "Optical Recognition of
 * Handwritten Digits" of the UCI repository (E. Alpaydin and C. Kaynak, CC BY 4.0; see {@code
 * digits/README.md} beside this class).
 *
 * <p>They are the 1,797 digits of that set's test part. {@link #test} holds 50 of each class out,
 * chosen at random once and for all, and {@link #train} has the other 1,297. The source does not
 * say who wrote which digit, so a writer may be on both sides.
 *
 * <p>The source's grey levels from 0 to 16 are stretched to the bytes 0 to 255.
 */
public final class Digits {
  private static final Shape SAMPLE = Shape.of(1, 8, 8);
  private static final int PIXELS = 64;
  private static final int CLASSES = 10;
  private static final int BRIGHTEST = 16;
  private static final int TEST_PER_CLASS = 50;

  /** Part of the data: another seed would be another test set. */
  private static final Seed SPLIT = Seed.of(1797);

  private Digits() {}

  /** The 1,297 digits to train on, {@code (1, 8, 8)} of 0 to 255, labelled. */
  public static Dataset train() {
    MemoryDataset all = all();
    return all.subset(part(all.labels(), false));
  }

  /** The 500 digits held out, 50 of each class. */
  public static Dataset test() {
    MemoryDataset all = all();
    return all.subset(part(all.labels(), true));
  }

  /** The rows of one side of the split, in the source's order. */
  private static int[] part(int[] labels, boolean test) {
    boolean[] heldOut = new boolean[labels.length];
    for (int digit = 0; digit < CLASSES; digit++) {
      int[] rows = rowsOf(labels, digit);
      ShuffledOrder.shuffle(rows, SPLIT.stream("digits/split", digit));
      for (int i = 0; i < TEST_PER_CLASS; i++) {
        heldOut[rows[i]] = true;
      }
    }
    List<Integer> rows = new ArrayList<>();
    for (int row = 0; row < labels.length; row++) {
      if (heldOut[row] == test) {
        rows.add(row);
      }
    }
    return rows.stream().mapToInt(Integer::intValue).toArray();
  }

  private static int[] rowsOf(int[] labels, int digit) {
    int[] rows = new int[labels.length];
    int count = 0;
    for (int row = 0; row < labels.length; row++) {
      if (labels[row] == digit) {
        rows[count++] = row;
      }
    }
    return Arrays.copyOf(rows, count);
  }

  private static MemoryDataset all() {
    List<String> lines = lines();
    byte[] values = new byte[lines.size() * PIXELS];
    int[] labels = new int[lines.size()];
    for (int row = 0; row < lines.size(); row++) {
      String[] numbers = lines.get(row).split(",");
      for (int i = 0; i < PIXELS; i++) {
        values[row * PIXELS + i] =
            (byte) Math.round(Integer.parseInt(numbers[i]) * 255f / BRIGHTEST);
      }
      labels[row] = Integer.parseInt(numbers[PIXELS]);
    }
    return MemoryDataset.of("the built-in digits", SAMPLE, values, labels);
  }

  private static List<String> lines() {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Digits.class.getResourceAsStream("digits/digits.csv.gz")),
                StandardCharsets.US_ASCII))) {
      return reader.lines().toList();
    } catch (IOException broken) {
      throw new IllegalStateException("the jar's digits.csv.gz cannot be read", broken);
    }
  }
}
