package dev.wta.workloads;

import java.util.List;
import java.util.Optional;

/** Something that frameworks are compared on. */
public sealed interface Workload
    permits GemmWorkload, EncodeWorkload, FcStep, TopKStep, ConvStep, ProbeWorkload {

  /** What users call it, such as {@code fc-wta-step}. */
  String name();

  /** All workloads, in the order of the table. */
  static List<Workload> all() {
    return List.of(
        new GemmWorkload(),
        new EncodeWorkload(),
        new FcStep(true),
        new FcStep(false),
        new TopKStep(),
        ConvStep.DEEP,
        ConvStep.SHALLOW,
        new ProbeWorkload());
  }

  static Optional<Workload> named(String name) {
    return all().stream().filter(workload -> workload.name().equals(name)).findFirst();
  }
}
