package dev.wta.bench.output;

import dev.wta.bench.result.Columns;
import dev.wta.bench.result.Forks;
import dev.wta.bench.result.Machine;
import dev.wta.bench.result.PeerResult;
import dev.wta.bench.result.Processor;
import dev.wta.bench.result.RateFormat;
import dev.wta.bench.result.Report;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** A report as people read it. */
public final class BenchTable {
  private BenchTable() {}

  public static String text(Report report, Processor processor) {
    return heading(report.machine(), processor) + System.lineSeparator() + rows(report);
  }

  /** What the machine is, and what it could do at most. */
  static String heading(Machine machine, Processor processor) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s, %d processors, JDK %s, %d-bit vectors"
            .formatted(
                processor.model(), processor.count(), Runtime.version(), processor.vectorBits()));
    lines.add(
        "multiply-add peak %s GFLOP/s on one thread, %s on %d"
            .formatted(
                giga(machine.corePeak().max()),
                giga(machine.best().operations()),
                machine.threads()));
    machine
        .peaks()
        .forEach(
            (width, peak) ->
                width.ifPresent(
                    bits ->
                        lines.add(
                            "  with vectors of %d bits %s GFLOP/s"
                                .formatted(bits, giga(peak.max())))));
    lines.add(
        "copying %s GB/s within the last-level cache, %s GB/s beyond"
            .formatted(giga(machine.copying().max()), giga(machine.memory().max())));
    machine.peers().forEach((name, version) -> lines.add("%s: %s".formatted(name, version)));
    return String.join(System.lineSeparator(), lines) + System.lineSeparator();
  }

  private static String rows(Report report) {
    List<String> peers = List.copyOf(report.machine().peers().keySet());
    Columns columns = new Columns(2);
    List<String> names = new ArrayList<>(List.of("workload", "unit", "wta"));
    names.addAll(peers);
    names.addAll(peers.isEmpty() ? List.of() : List.of("ratio"));
    names.addAll(List.of("bound", "of bound", "forks", "spread", "heap/call"));
    columns.add(names);
    for (Report.Row row : report.rows()) {
      List<String> cells = new ArrayList<>();
      cells.add(row.measurement().name());
      cells.add(row.measurement().unit());
      cells.add(RateFormat.of(row.speed().median()));
      peers.forEach(peer -> cells.add(cell(row.peers().get(peer))));
      if (!peers.isEmpty()) {
        cells.add(ratio(row.ratio()));
      }
      cells.add(RateFormat.of(row.bound()));
      cells.add(String.format(Locale.ROOT, "%.2f", row.ofBound()));
      cells.add(String.valueOf(row.speed().count()));
      cells.add(RateFormat.of(row.speed().min()) + " - " + RateFormat.of(row.speed().max()));
      cells.add(bytes(row.heapBytes().median()));
      columns.add(cells);
    }
    return columns.text();
  }

  private static String cell(PeerResult result) {
    return switch (result) {
      case PeerResult.Timed(Forks speed) -> RateFormat.of(speed.median());
      case PeerResult.Failed failed -> "failed";
      case PeerResult.Absent absent -> "-";
      case null -> "-"; // a workload that is not for peers
    };
  }

  private static String ratio(OptionalDouble ratio) {
    return ratio.isPresent() ? String.format(Locale.ROOT, "%.2f", ratio.getAsDouble()) : "-";
  }

  static String bytes(double bytes) {
    return bytes < 1000
        ? String.format(Locale.ROOT, "%.0f B", bytes)
        : String.format(Locale.ROOT, "%,.1f kB", bytes / 1000);
  }

  private static String giga(double perSecond) {
    return String.format(Locale.ROOT, "%.0f", perSecond / 1e9);
  }
}
