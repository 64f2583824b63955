package dev.wta.eval.solver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.eval.probe.CostChoice;
import dev.wta.eval.probe.LabelledPoints;
import dev.wta.eval.probe.LinearClassifier;
import dev.wta.eval.probe.LinearSvm;
import dev.wta.eval.probe.ProbeOptions;
import dev.wta.models.Features;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PreconditionerTest {

  /** Inputs of very different scales, as principal components have: slow without it. */
  @Test
  void savesProductsWhereFeaturesVaryLittleInMostDirections() {
    LabelledPoints points = LabelledPoints.clouds("scales", 2000, 40, 0.4, 12, i -> i % 4);
    float[] scales = new float[40];
    for (int j = 0; j < scales.length; j++) {
      scales[j] = (float) Math.pow(0.85, j);
    }
    assertThat(products(points.scaled(scales))).isLessThan(60);
  }

  private static int products(LabelledPoints points) {
    try (Backend backend = Backends.named("cpu", BackendOptions.defaults());
        Features features = points.on(backend)) {
      ProbeOptions options = ProbeOptions.defaults().withCost(new CostChoice.Fixed(10));
      LinearClassifier classifier = new LinearSvm(options).fit(features, points.labels());
      assertThat(classifier.summary().converged()).isTrue();
      assertThat(Arrays.stream(classifier.summary().objectives()).sum()).isPositive();
      return classifier.summary().products();
    }
  }
}
