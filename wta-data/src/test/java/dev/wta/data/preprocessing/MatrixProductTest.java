package dev.wta.data.preprocessing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatrixProductTest {
  @ParameterizedTest(name = "{0} x {1} x {2}")
  @CsvSource({"1, 1, 1", "3, 0, 5", "2, 37, 11", "35, 70, 515", "2, 1030, 1030"})
  void eachElementIsSummedInOrderAndAdded(int rows, int terms, int columns) {
    Random random = new Random(4);
    double[][] a = numbers(random, rows, terms);
    double[][] b = numbers(random, terms, columns);
    double[][] before = numbers(random, rows, columns);
    double[][] c = new double[rows][];
    for (int i = 0; i < rows; i++) {
      c[i] = before[i].clone();
    }
    MatrixProduct.add(a, b, c);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        double expected = before[i][j];
        for (int k = 0; k < terms; k++) {
          expected = Math.fma(a[i][k], b[k][j], expected);
        }
        assertThat(c[i][j]).isEqualTo(expected);
      }
    }
  }

  private static double[][] numbers(Random random, int rows, int columns) {
    double[][] numbers = new double[rows][columns];
    for (double[] row : numbers) {
      for (int j = 0; j < columns; j++) {
        row[j] = random.nextGaussian();
      }
    }
    return numbers;
  }
}
