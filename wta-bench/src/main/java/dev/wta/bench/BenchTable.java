package dev.wta.bench;

import dev.wta.bench.kernel.FmaPeak;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A report as people and as scripts read it. */
final class BenchTable {
  private static final String COLUMNS = "%-20s %-9s %10s %10s %9s %6s   %s%n";

  private BenchTable() {}

  static String text(Bench.Report report) {
    Bench.Machine machine = report.machine();
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s, JDK %s, %d-bit vectors%n",
            processor(),
            Runtime.version(),
            FmaPeak.vectorBits()));
    text.append(
        String.format(
            Locale.ROOT,
            "multiply-add peak %.0f GFLOP/s on one thread, %.0f on %d; copying %.0f GB/s%n%n",
            machine.corePeak().max() / 1e9,
            machine.peak().max() / 1e9,
            machine.threads(),
            machine.bandwidth().max() / 1e9));
    text.append(
        String.format(
            Locale.ROOT,
            COLUMNS,
            "workload",
            "unit",
            "wta",
            "bound",
            "of bound",
            "forks",
            "spread"));
    for (Bench.Row row : report.rows()) {
      double bound = row.workload().bound(machine.best());
      text.append(
          String.format(
              Locale.ROOT,
              COLUMNS,
              row.workload().name(),
              row.workload().unit(),
              number(row.speed().median()),
              number(bound),
              String.format(Locale.ROOT, "%.2f", row.speed().median() / bound),
              row.speed().count(),
              number(row.speed().min()) + " - " + number(row.speed().max())));
    }
    return text.toString();
  }

  static Map<String, Object> json(Bench.Report report) {
    Bench.Machine machine = report.machine();
    Map<String, Object> about = new LinkedHashMap<>();
    about.put("processor", processor());
    about.put("processors", Runtime.getRuntime().availableProcessors());
    about.put("jdk", Runtime.version().toString());
    about.put("vectorBits", FmaPeak.vectorBits());
    about.put("threads", machine.threads());
    about.put("corePeakGflops", machine.corePeak().max() / 1e9);
    about.put("peakGflops", machine.peak().max() / 1e9);
    about.put("copyGigabytesPerSecond", machine.bandwidth().max() / 1e9);
    List<Map<String, Object>> rows = report.rows().stream().map(row -> json(row, machine)).toList();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("machine", about);
    json.put("workloads", rows);
    return json;
  }

  private static Map<String, Object> json(Bench.Row row, Bench.Machine machine) {
    double bound = row.workload().bound(machine.best());
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", row.workload().name());
    json.put("unit", row.workload().unit());
    json.put("wta", row.speed().median());
    json.put("bound", bound);
    json.put("ofBound", row.speed().median() / bound);
    json.put("forks", row.speed().count());
    json.put("min", row.speed().min());
    json.put("max", row.speed().max());
    json.put("heapBytesPerCall", row.heapBytes().median());
    return json;
  }

  private static String processor() {
    return String.format(
        Locale.ROOT,
        "%s, %d processors",
        System.getProperty("os.arch"),
        Runtime.getRuntime().availableProcessors());
  }

  private static String number(double value) {
    return value < 1000
        ? String.format(Locale.ROOT, "%.1f", value)
        : String.format(Locale.ROOT, "%,.0f", value);
  }
}
