package dev.wta.bench.output;

import dev.wta.bench.result.Forks;
import dev.wta.bench.result.Machine;
import dev.wta.bench.result.PeerResult;
import dev.wta.bench.result.Processor;
import dev.wta.bench.result.Report;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/** A report as scripts read it: the maps and lists of one JSON document. */
public final class BenchJson {
  private BenchJson() {}

  public static Map<String, Object> document(Report report, Processor processor) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("machine", machine(report.machine(), processor));
    json.put("workloads", report.rows().stream().map(BenchJson::row).toList());
    json.put("failures", report.failures());
    return json;
  }

  static Map<String, Object> machine(Machine machine, Processor processor) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("processor", processor.model());
    json.put("processors", processor.count());
    json.put("jdk", Runtime.version().toString());
    json.put("vectorBits", processor.vectorBits());
    json.put("threads", machine.threads());
    json.put("corePeakGflops", machine.corePeak().max() / 1e9);
    json.put("peakGflops", machine.best().operations() / 1e9);
    json.put("copyGigabytesPerSecond", machine.copying().max() / 1e9);
    json.put("memoryGigabytesPerSecond", machine.memory().max() / 1e9);
    json.put("peers", machine.peers());
    return json;
  }

  private static Map<String, Object> row(Report.Row row) {
    Map<String, Object> peers = new LinkedHashMap<>();
    Map<String, Object> peersSpread = new LinkedHashMap<>();
    row.peers()
        .forEach(
            (name, result) -> {
              if (result instanceof PeerResult.Timed(Forks speed)) {
                peers.put(name, speed.median());
                peersSpread.put(name, spread(speed));
              }
            });
    OptionalDouble ratio = row.ratio();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", row.measurement().name());
    json.put("unit", row.measurement().unit());
    json.put("wta", row.speed().median());
    json.put("peers", peers);
    json.put("ratio", ratio.isPresent() ? ratio.getAsDouble() : null);
    json.put("bound", row.bound());
    json.put("ofBound", row.ofBound());
    json.put("forks", row.speed().count());
    json.put("spread", spread(row.speed()));
    json.put("peersSpread", peersSpread);
    json.put("heapBytesPerCall", row.heapBytes().median());
    return json;
  }

  private static Map<String, Object> spread(Forks speed) {
    return Map.of("min", speed.min(), "max", speed.max());
  }
}
