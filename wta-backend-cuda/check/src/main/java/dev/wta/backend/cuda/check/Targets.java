package dev.wta.backend.cuda.check;

import dev.wta.backend.cuda.check.Results.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** What the backend is meant to reach, beside what was found: reached, missed, or not measured. */
final class Targets {
  private static final String CUDA = "cuda";
  private static final String TORCH = "torch";
  private static final String COMPILED = "torch.compile";

  private final List<Finding> findings;

  Targets(List<Finding> findings) {
    this.findings = findings;
  }

  /** A lower bound on the ratio of two findings about the same thing. */
  private record Ratio(String what, String of, String to, double least) {}

  private static final List<Ratio> RATIOS =
      List.of(
          new Ratio("fc-wta-step", CUDA, TORCH, 5),
          new Ratio("fc-wta-step", CUDA, COMPILED, 2),
          new Ratio("topk-step-large bf16", CUDA, TORCH, 1.5),
          new Ratio("conv-wta-step-256", CUDA, TORCH, 2),
          new Ratio(Rates.GEMM, CUDA, CublasRate.NAME, 0.95));

  /** A line for each goal. */
  String text() {
    List<String> lines = new ArrayList<>();
    lines.add(line("contract: checks failed", "0", value(CUDA, "contract: checks failed"), 0));
    lines.add(line("worst of the first losses", "1e-4", worstLoss(), FirstLosses.TOLERANCE));
    for (Ratio ratio : RATIOS) {
      lines.add(line(ratio));
    }
    lines.add(
        line(
            "conv-wta of 128 maps on MNIST, test error",
            "0.0075",
            value(CUDA, "test error"),
            0.0075));
    lines.add(line("its training, seconds", "600", value(CUDA, "training"), 600));
    return String.join("\n", lines) + "\n";
  }

  private String line(Ratio ratio) {
    String name = "%s: %s / %s".formatted(ratio.what(), ratio.of(), ratio.to());
    OptionalDouble ours = value(ratio.of(), ratio.what());
    OptionalDouble theirs = value(ratio.to(), ratio.what());
    if (ours.isEmpty() || theirs.isEmpty()) {
      return row(name, ">= " + ratio.least(), "", "not measured");
    }
    double found = ours.getAsDouble() / theirs.getAsDouble();
    String text = row(name, ">= " + ratio.least(), "%.2f".formatted(found), found >= ratio.least());
    OptionalDouble graphs = value(ratio.of() + GpuCheck.GRAPHS, ratio.what());
    return graphs.isEmpty()
        ? text
        : text + "; with graphs %.2f".formatted(graphs.getAsDouble() / theirs.getAsDouble());
  }

  private static String line(String name, String most, OptionalDouble found, double bound) {
    return found.isEmpty()
        ? row(name, "<= " + most, "", "not measured")
        : row(
            name,
            "<= " + most,
            "%.3g".formatted(found.getAsDouble()),
            found.getAsDouble() <= bound);
  }

  private static String row(String name, String wanted, String found, boolean reached) {
    return row(name, wanted, found, reached ? "reached" : "MISSED");
  }

  private static String row(String name, String wanted, String found, String verdict) {
    return "%-56s%10s%16s  %s".formatted(name, wanted, found, verdict);
  }

  private OptionalDouble worstLoss() {
    return findings.stream()
        .filter(f -> f.who().equals(CUDA) && f.what().startsWith(FirstLosses.WHAT))
        .mapToDouble(f -> Double.parseDouble(f.value()))
        .max();
  }

  /** The last finding of that name; nothing if it was not measured, or failed. */
  private OptionalDouble value(String who, String what) {
    OptionalDouble value = OptionalDouble.empty();
    for (Finding finding : findings) {
      if (finding.who().equals(who) && finding.what().equals(what)) {
        value =
            finding.value().equals(Results.FAILED)
                ? OptionalDouble.empty()
                : OptionalDouble.of(Double.parseDouble(finding.value()));
      }
    }
    return value;
  }
}
