package dev.wta.bench.step;

import dev.wta.workloads.Workload;
import java.util.List;
import java.util.Map;

/**
 * The losses of a workload's first steps, as the reference backend computes them: too slowly to be
 * waited for in each fork. Those of {@code trainer-...-24576x4096} are the CPU backend's, which at
 * batches of 1024 are the reference's to the last digit: the reference would need more memory than
 * most machines have. So are those of {@code conv-wta-deep-step}.
 */
final class KnownLosses {
  private static final Map<String, List<Double>> LOSSES =
      Map.ofEntries(
          entry("fc-wta-step", 46.562548828125, 46.0881494140625, 44.99859375),
          entry("fc-wta-step-untied", 50.214008789062504, 49.8270654296875, 48.8314453125),
          entry("topk-step", 593.0900268554688, 592.7347412109375),
          entry("topk-step-24576x1024", 574.0963134765625),
          entry("topk-step-24576x4096", 572.838623046875),
          entry("conv-wta-step", 49.49659729003906, 50.38330841064453),
          entry("conv-wta-deep-step", 49.4546012878418, 50.29515075683594),
          entry("conv-wta-shallow-step", 50.1859033203125, 49.420467376708984),
          entry("trainer-topk", 1.000087464317901, 0.9927253403945716),
          entry("trainer-batch-topk", 0.9999902109999074, 0.9925987996616668),
          entry("trainer-matryoshka", 1.0072517390198459, 1.0003772505547897),
          entry("trainer-jumprelu", 1.7547069225864411, 2.03376932052054),
          entry("trainer-gated", 1.960019814178937, 1.9396938543879332),
          entry("trainer-topk-24576x1024", 0.9944085956159343),
          entry("trainer-batch-topk-24576x1024", 0.9943440852243522),
          entry("trainer-matryoshka-24576x1024", 0.9998864108024919),
          entry("trainer-jumprelu-24576x1024", 1.0233643500836913),
          entry("trainer-gated-24576x1024", 1.9973745970124186),
          entry("trainer-topk-24576x4096", 0.9929016296868073),
          entry("trainer-batch-topk-24576x4096", 0.9928336193479631),
          entry("trainer-matryoshka-24576x4096", 0.9983708222760191),
          entry("trainer-jumprelu-24576x4096", 1.0233107221640392),
          entry("trainer-gated-24576x4096", 1.9944175983515302));

  private KnownLosses() {}

  static List<Double> of(Workload workload) {
    return LOSSES.get(workload.name());
  }

  private static Map.Entry<String, List<Double>> entry(String workload, Double... losses) {
    return Map.entry(workload, List.of(losses));
  }
}
