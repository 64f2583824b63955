package dev.wta.bench.output;

import dev.wta.bench.result.Columns;
import dev.wta.bench.result.Cost;
import dev.wta.bench.result.Processor;
import dev.wta.bench.result.RateFormat;
import dev.wta.bench.result.Report;
import java.util.List;
import java.util.Locale;

/** A report on single operations, as people read it. */
public final class KernelTable {
  private KernelTable() {}

  public static String text(Report report, Processor processor) {
    Columns columns = new Columns(1);
    columns.add(
        List.of(
            "kernel",
            "us/call",
            "GFLOP/s",
            "of peak",
            "GB/s",
            "of bandwidth",
            "forks",
            "spread us",
            "heap/call"));
    for (Report.Row row : report.rows()) {
      double calls = row.speed().median();
      Cost cost = row.cost();
      Cost.Peak peak = row.peak();
      columns.add(
          List.of(
              row.measurement().name(),
              RateFormat.of(1e6 / calls),
              rate(calls * cost.operations()),
              share(calls * cost.operations() / peak.operations()),
              rate(calls * (cost.bytes() + cost.memoryBytes())),
              share(
                  calls * (cost.bytes() / peak.bytes() + cost.memoryBytes() / peak.memoryBytes())),
              String.valueOf(row.speed().count()),
              RateFormat.of(1e6 / row.speed().max())
                  + " - "
                  + RateFormat.of(1e6 / row.speed().min()),
              BenchTable.bytes(row.heapBytes().median())));
    }
    return BenchTable.heading(report.machine(), processor)
        + System.lineSeparator()
        + columns.text();
  }

  private static String rate(double perSecond) {
    return perSecond == 0 ? "-" : RateFormat.of(perSecond / 1e9);
  }

  private static String share(double share) {
    return share == 0 ? "-" : String.format(Locale.ROOT, "%.2f", share);
  }
}
