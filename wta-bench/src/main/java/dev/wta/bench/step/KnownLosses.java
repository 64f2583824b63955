package dev.wta.bench.step;

import dev.wta.workloads.Workload;
import java.util.List;
import java.util.Map;

/**
 * The losses of a workload's first steps, as the reference backend computes them: too slowly to be
 * waited for in each fork.
 */
final class KnownLosses {
  private static final Map<String, List<Double>> LOSSES =
      Map.of(
          "fc-wta-step", List.of(46.562548828125, 46.0881494140625, 44.99859375),
          "fc-wta-step-untied", List.of(50.214008789062504, 49.8270654296875, 48.8314453125),
          "topk-step", List.of(595.7161865234375, 595.279541015625),
          "conv-wta-step", List.of(49.49659729003906, 50.38330841064453),
          "conv-wta-shallow-step", List.of(50.1859033203125, 49.420467376708984));

  private KnownLosses() {}

  static List<Double> of(Workload workload) {
    return LOSSES.get(workload.name());
  }
}
