package dev.wta.eval.dictionary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class FeatureDetectionTest {
  /**
   * scikit-learn's precision_recall_fscore_support and the accuracy of each latent beside its
   * feature, averaged over the three latents.
   */
  @Test
  void agreesWithScikitLearn() {
    float[] codes = {1, 0, 1, 0, 0, 1, 1, 0, -1, 1, 0, 1, 0, 0, 0};
    int[][] active = {{0, 1}, {1}, {0}, {1}, {0}};
    FeatureDetection detection = new FeatureDetection(List.of(0, 0, 1), 2, 1);
    for (int i = 0; i < 5; i++) {
      detection.add(codes, i * 3, active[i]);
    }
    FeatureDetection.Summary summary = detection.summary();
    assertThat(summary.precision()).isCloseTo(0.5555555555555555, within(1e-12));
    assertThat(summary.recall()).isCloseTo(0.5555555555555555, within(1e-12));
    assertThat(summary.f1()).isCloseTo(0.5555555555555555, within(1e-12));
    assertThat(summary.accuracy()).isCloseTo(0.6666666666666666, within(1e-12));
    assertThat(summary.trueL0()).isCloseTo(6 / 5.0, within(1e-12));
  }

  @Test
  void aMapFiresWhereAnyOfItsNumbersDoes() {
    FeatureDetection detection = new FeatureDetection(List.of(0), 1, 2);
    detection.add(new float[] {0, 1}, 0, new int[] {0});
    detection.add(new float[] {0, 0}, 0, new int[] {});
    assertThat(detection.summary().f1()).isEqualTo(1);
    assertThat(detection.summary().accuracy()).isEqualTo(1);
  }
}
