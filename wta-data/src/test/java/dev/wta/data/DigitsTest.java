package dev.wta.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.tensor.Shape;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DigitsTest {
  @Test
  void trainingAndTestSetAreWhatTheySay() {
    Dataset train = Digits.train();
    Dataset test = Digits.test();
    assertThat(train.size()).isEqualTo(1297);
    assertThat(test.size()).isEqualTo(500);
    assertThat(train.sampleShape()).isEqualTo(Shape.of(1, 8, 8));
    assertThat(train.elementType()).isEqualTo(ElementType.UINT8);
    assertThat(train.classes()).isEqualTo(10);
    int[] counts = new int[10];
    for (int label : test.labels()) {
      counts[label]++;
    }
    assertThat(counts).containsOnly(50);
  }

  @Test
  void greyLevelsReachFromBlackToWhite() {
    Dataset train = Digits.train();
    float[] values = new float[train.size() * 64];
    train.read(0, train.size(), values, 0);
    Arrays.sort(values);
    assertThat(values[0]).isZero();
    assertThat(values[values.length - 1]).isEqualTo(255);
  }

  /**
   * The source has a few digits that are equal to the last pixel; none of them may be on both sides
   * by row.
   */
  @Test
  void noDigitIsOnBothSides() {
    Set<String> train = pictures(Digits.train());
    Set<String> test = pictures(Digits.test());
    assertThat(train).hasSize(1297);
    assertThat(test).hasSize(500);
    assertThat(train).doesNotContainAnyElementsOf(test);
  }

  private static Set<String> pictures(Dataset data) {
    Set<String> pictures = new HashSet<>();
    float[] values = new float[64];
    for (int i = 0; i < data.size(); i++) {
      data.read(i, 1, values, 0);
      pictures.add(Arrays.toString(values));
    }
    return pictures;
  }

  /** A change here makes every figure measured on the digits another one. */
  @Test
  void theSplitStaysWhatItIs() {
    assertThat(Digits.train().digest())
        .isEqualTo("sha256:05ecf0631c02a8043f0e83af90183c127576230cc147b4279c6c6cc1e2d50e11");
    assertThat(Digits.test().digest())
        .isEqualTo("sha256:d09e4b607adafa456e8d3b9de608a143e2dea88150f2e6ddb485f94774dfc82b");
  }
}
