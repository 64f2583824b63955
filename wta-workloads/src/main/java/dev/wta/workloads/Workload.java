package dev.wta.workloads;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A task on which frameworks are compared. */
public sealed interface Workload
    permits GemmWorkload, EncodeWorkload, FcStep, TopKStep, TrainerStep, ConvStep, ProbeWorkload {

  /** What users call it, such as {@code fc-wta-step}. */
  String name();

  /** All workloads: those of the table in its order, then those that are measured where named. */
  static List<Workload> all() {
    List<Workload> all = new ArrayList<>();
    all.add(new GemmWorkload());
    all.add(new EncodeWorkload());
    all.add(new FcStep(true));
    all.add(new FcStep(false));
    all.add(TopKStep.USUAL);
    all.add(ConvStep.DEEP);
    all.add(ConvStep.SHALLOW);
    all.add(new ProbeWorkload());
    all.addAll(TopKStep.LARGE);
    all.addAll(TrainerStep.USUAL);
    all.addAll(TrainerStep.LARGE);
    return List.copyOf(all);
  }

  static Optional<Workload> named(String name) {
    return all().stream().filter(workload -> workload.name().equals(name)).findFirst();
  }
}
