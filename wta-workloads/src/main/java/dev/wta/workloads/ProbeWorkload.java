package dev.wta.workloads;

/**
 * A linear probe: ten one-vs-rest support-vector machines with the squared hinge on a data set's
 * features, from nothing to the optimum.
 */
public record ProbeWorkload() implements Workload {
  public static final int SAMPLES = 60_000;
  public static final int FEATURES = 2_000;
  public static final int CLASSES = 10;

  @Override
  public String name() {
    return "probe";
  }
}
