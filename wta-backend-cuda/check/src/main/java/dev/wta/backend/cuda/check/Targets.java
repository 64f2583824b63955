package dev.wta.backend.cuda.check;

import dev.wta.backend.cuda.check.Results.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** What the backend is meant to reach, beside what was found: reached, missed, or not measured. */
final class Targets {
  private static final String CUDA = "cuda";
  private static final List<String> MODES = List.of("torch", "torch.compile", "reduce-overhead");

  private final List<Finding> findings;

  Targets(List<Finding> findings) {
    this.findings = findings;
  }

  /**
   * A lower bound on the ratio of a finding of the backend's and the best of others.
   *
   * @param rows what was measured of the others, in the same precision
   * @param others who was measured
   */
  private record Ratio(String what, List<String> rows, List<String> others, double least) {
    /** The same row of one other. */
    static Ratio to(String what, String other, double least) {
      return new Ratio(what, List.of(what), List.of(other), least);
    }

    /** The backend's row beside these rows of PyTorch, whatever the mode. */
    static Ratio toPyTorch(String what, double least, String... rows) {
      return new Ratio(what, List.of(rows), MODES, least);
    }

    String name() {
      String to = others.size() > 1 ? "best of PyTorch" : others.getFirst();
      boolean same = rows.getFirst().equals(what);
      return "%s: %s / %s%s".formatted(what, CUDA, to, same ? "" : ", sparse");
    }
  }

  private static final List<Ratio> RATIOS =
      List.of(
          Ratio.to("fc-wta-step float32", "torch", 5),
          Ratio.to("fc-wta-step float32", "torch.compile", 2),
          Ratio.to("fc-wta-step float32", "reduce-overhead", 1.2),
          Ratio.toPyTorch("topk-step-large bf16", 2, "topk-step-large bf16"),
          Ratio.toPyTorch(
              "topk-step-large bf16",
              1.2,
              "topk-step-large bf16 bags",
              "topk-step-large bf16 winners"),
          Ratio.toPyTorch(
              "conv-wta-step-256 float32",
              2,
              "conv-wta-step-256 float32",
              "conv-wta-step-256 float32 channels_last"),
          Ratio.toPyTorch(
              "conv-wta-step-256 tf32",
              2,
              "conv-wta-step-256 tf32",
              "conv-wta-step-256 tf32 channels_last"),
          Ratio.to(Rates.GEMM + " float32", CublasRate.NAME, 0.95),
          Ratio.to(Rates.GEMM + " tf32", CublasRate.NAME, 0.95),
          Ratio.to(Rates.GEMM + " bf16", CublasRate.NAME, 0.95));

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
    lines.add(line("its training, seconds", "180", value(CUDA, "training"), 180));
    return String.join("\n", lines) + "\n";
  }

  private String line(Ratio ratio) {
    OptionalDouble ours = value(CUDA, ratio.what());
    OptionalDouble theirs =
        ratio.rows().stream()
            .flatMap(row -> ratio.others().stream().map(other -> value(other, row)))
            .flatMapToDouble(OptionalDouble::stream)
            .max();
    if (ours.isEmpty() || theirs.isEmpty()) {
      return row(ratio.name(), ">= " + ratio.least(), "", "not measured");
    }
    double best = theirs.getAsDouble();
    double found = ours.getAsDouble() / best;
    String text =
        row(ratio.name(), ">= " + ratio.least(), "%.2f".formatted(found), found >= ratio.least());
    OptionalDouble graphs = value(CUDA + GpuCheck.GRAPHS, ratio.what());
    return graphs.isEmpty()
        ? text
        : text + "; with graphs %.2f".formatted(graphs.getAsDouble() / best);
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
