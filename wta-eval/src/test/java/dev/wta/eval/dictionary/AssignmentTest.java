package dev.wta.eval.dictionary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AssignmentTest {
  private static double sum(float[][] weights, int[] columns) {
    double sum = 0;
    for (int row = 0; row < columns.length; row++) {
      sum += weights[row][columns[row]];
    }
    return sum;
  }

  /** The largest sum of all assignments of the rows from {@code row} on. */
  private static double best(float[][] weights, int row, boolean[] taken) {
    if (row == weights.length) {
      return 0;
    }
    double best = Double.NEGATIVE_INFINITY;
    for (int column = 0; column < taken.length; column++) {
      if (!taken[column]) {
        taken[column] = true;
        best = Math.max(best, weights[row][column] + best(weights, row + 1, taken));
        taken[column] = false;
      }
    }
    return best;
  }

  @Test
  void isTheBestOfAll() {
    Random random = new Random(1);
    for (int trial = 0; trial < 300; trial++) {
      int rows = 1 + random.nextInt(6);
      int columns = rows + random.nextInt(3);
      boolean ties = trial % 3 == 0;
      float[][] weights = new float[rows][columns];
      for (float[] row : weights) {
        for (int j = 0; j < columns; j++) {
          row[j] = ties ? random.nextInt(3) : (float) random.nextGaussian();
        }
      }
      int[] found = Assignment.ofLargestSum(weights);
      assertThat(Arrays.stream(found).distinct().count()).isEqualTo(rows);
      assertThat(sum(weights, found))
          .as("trial %d", trial)
          .isCloseTo(best(weights, 0, new boolean[columns]), within(1e-5));
    }
  }

  /**
   * scipy 1.17's {@code linear_sum_assignment(c, maximize=True)} of {@code c = (31 i^2 + 17 j + 7 i
   * j) % 29 / 29} of shape (7, 9), and with 97 in 29's place of shape (60, 60).
   */
  @Test
  void agreesWithScipy() {
    assertThat(Assignment.ofLargestSum(formula(7, 9, 29))).containsExactly(5, 2, 8, 1, 7, 4, 6);
    float[][] larger = formula(60, 60, 97);
    assertThat(sum(larger, Assignment.ofLargestSum(larger)))
        .isCloseTo(58.02061855670103, within(1e-4));
  }

  private static float[][] formula(int rows, int columns, int modulus) {
    float[][] weights = new float[rows][columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        weights[i][j] = (i * i * 31 + j * 17 + i * j * 7) % modulus / (float) modulus;
      }
    }
    return weights;
  }

  @Test
  void aHiddenPermutationIsFound() {
    Random random = new Random(2);
    int size = 300;
    float[][] weights = new float[size][size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        weights[i][j] = random.nextFloat() * 0.5f + ((i * 7 + 11) % size == j ? 0.5f : 0);
      }
    }
    int[] found = Assignment.ofLargestSum(weights);
    for (int i = 0; i < size; i++) {
      assertThat(found[i]).isEqualTo((i * 7 + 11) % size);
    }
  }

  @Test
  void moreRowsThanColumnsAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Assignment.ofLargestSum(new float[3][2]));
  }
}
