package dev.wta.eval.dictionary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final Backend BACKEND = Backends.named("reference", BackendOptions.defaults());
  private static final Offset<Double> ROUNDING = within(1e-6);

  /** The directions of these angles, in degrees, of other lengths than 1. */
  private static Dictionary plane(double... degrees) {
    float[] rows = new float[2 * degrees.length];
    for (int i = 0; i < degrees.length; i++) {
      rows[2 * i] = (float) ((i + 1) * Math.cos(Math.toRadians(degrees[i])));
      rows[2 * i + 1] = (float) ((i + 1) * Math.sin(Math.toRadians(degrees[i])));
    }
    return Dictionary.of(rows, 2);
  }

  private static double cos(double degrees) {
    return Math.cos(Math.toRadians(degrees));
  }

  @Test
  void theLargestCosinesOfTwoRuns() {
    DictionaryComparison comparison =
        DictionaryComparison.of(BACKEND, plane(0, 10, 90), plane(5, 100));
    assertThat(comparison.latents()).isEqualTo(3);
    assertThat(comparison.otherLatents()).isEqualTo(2);
    assertThat(comparison.mmcs()).isCloseTo((cos(5) + cos(5) + cos(10)) / 3, ROUNDING);
    assertThat(comparison.mmcsOfOther()).isCloseTo((cos(5) + cos(10)) / 2, ROUNDING);
    Matching pairs = comparison.matching().orElseThrow();
    assertThat(pairs.pairs()).isEqualTo(2);
    assertThat(pairs.mean()).isCloseTo((cos(5) + cos(10)) / 2, ROUNDING);
    assertThat(pairs.median()).isCloseTo((cos(5) + cos(10)) / 2, ROUNDING);
    assertThat(pairs.share(0.99)).isEqualTo(0.5);
  }

  /** One to one, the second row may not have the first row's best. */
  @Test
  void aMatchingTakesNoRowTwice() {
    DictionaryComparison comparison = DictionaryComparison.of(BACKEND, plane(0, 20), plane(10, 80));
    assertThat(comparison.mmcs()).isCloseTo(cos(10), ROUNDING);
    assertThat(comparison.matching().orElseThrow().mean())
        .isCloseTo((cos(10) + cos(60)) / 2, ROUNDING);
  }

  @Test
  void theTruthIsFoundByDirectionOrLine() {
    TruthComparison truth = TruthComparison.of(BACKEND, plane(2, 8, 185), plane(0, 90, 180, 250));
    // signed: 0 by 2, 90 by 8, 180 by 185, 250 by 185
    assertThat(truth.mmcs()).isCloseTo((cos(2) + cos(82) + cos(5) + cos(65)) / 4, ROUNDING);
    assertThat(truth.recovered()).isEqualTo(0.5);
    // without sign 0 and 180 are one line; the first of equals is the closest
    assertThat(truth.closest().get(0)).isIn(0, 2);
    assertThat(truth.uniqueness()).isIn(1 / 3.0, 2 / 3.0);
    // 2 and 185 on 0 and 180 in either order, and 8 on 70 (250): 62 degrees
    assertThat(truth.matching().orElseThrow().mean())
        .isCloseTo((cos(2) + cos(5) + cos(62)) / 3, ROUNDING);
  }

  @Test
  void uniquenessCountsFeaturesThatAreTracked() {
    TruthComparison truth = TruthComparison.of(BACKEND, plane(1, 2, 3, 91), plane(0, 90));
    assertThat(truth.closest()).isEqualTo(List.of(0, 0, 0, 1));
    assertThat(truth.uniqueness()).isEqualTo(0.5);
  }

  @Test
  void blocksOfRowsMakeNoDifference() {
    Random random = new Random(1);
    float[] rows = new float[3000 * 4];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) random.nextGaussian();
    }
    Dictionary many = Dictionary.of(rows, 4); // 9 million cosines, more than a block's
    Cosines.Closest other = Cosines.closestOther(BACKEND, many);
    for (int row = 0; row < 3000; row += 499) {
      double largest = -2;
      for (int j = 0; j < 3000; j++) {
        double dot = 0;
        double square = 0;
        double otherSquare = 0;
        for (int k = 0; k < 4; k++) {
          dot += (double) rows[row * 4 + k] * rows[j * 4 + k];
          square += (double) rows[row * 4 + k] * rows[row * 4 + k];
          otherSquare += (double) rows[j * 4 + k] * rows[j * 4 + k];
        }
        if (j != row) {
          largest = Math.max(largest, dot / Math.sqrt(square * otherSquare));
        }
      }
      assertThat((double) other.cosine()[row]).isCloseTo(largest, ROUNDING);
    }
  }

  @Test
  void aRowOfZerosIsCloseToNothing() {
    Dictionary rows = Dictionary.of(new float[] {0, 0, 3, 4}, 2);
    assertThat(Cosines.closestOther(BACKEND, rows).cosine()).containsExactly(0, 0);
    assertThat(rows.cosines(rows)[0]).isZero();
    assertThat(rows.cosines(rows)[1]).isCloseTo(1, ROUNDING);
    assertThat(Cosines.closestOther(BACKEND, plane(30)).cosine()).containsExactly(0);
  }

  @Test
  void rowsOfOtherLengthsAreRefused() {
    Dictionary wide = Dictionary.of(new float[] {1, 0, 0}, 3);
    assertThatThrownBy(() -> TruthComparison.of(BACKEND, plane(0), wide))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("rows of 3 numbers");
  }

  @Test
  void largeDictionariesAreNotMatched() {
    Dictionary large = Dictionary.of(new float[Matching.MOST_ROWS + 1], 1);
    assertThat(Matching.possible(large, large)).isFalse();
    assertThat(Matching.of(BACKEND, large, large, false)).isEmpty();
    assertThat(Matching.possible(large, plane(0))).isTrue();
  }
}
