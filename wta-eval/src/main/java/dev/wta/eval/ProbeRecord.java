package dev.wta.eval;

import dev.wta.eval.probe.FewLabelsResult;
import dev.wta.eval.probe.LabelledSubsets;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.run.TrainingState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/** Writes the result of a probe to the run's folder, for the report. */
public final class ProbeRecord {
  private static final int SCHEMA = 1;

  private ProbeRecord() {}

  /**
   * Keeps a result, in place of an earlier one of the same classifier, settings and data.
   *
   * @param changed the settings of the encoder that differed from the run's, by key
   * @return the file
   * @throws dev.wta.api.WtaException if it cannot be written
   */
  public static Path keep(RunDirectory run, Map<String, ?> changed, ProbeReport report) {
    Map<String, Object> provenance = report.provenance();
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("schema", SCHEMA);
    document.put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    document.put("step", run.state().map(TrainingState::step).orElse(null));
    document.put("pool", changed.get("pool"));
    document.putAll(provenance);
    document.putAll(report.toMap());
    document.values().removeIf(value -> value instanceof Double real && real.isNaN());
    return run.keepProbe(name(changed, report), document);
  }

  /**
   * The name of the file: the same for the same probe of the same features, whatever its result.
   */
  private static String name(Map<String, ?> changed, ProbeReport report) {
    Map<String, Object> provenance = report.provenance();
    Object c = Boolean.TRUE.equals(provenance.get("cChosen")) ? "chosen" : report.result().c();
    List<Object> question =
        List.of(
            provenance.get("raw"),
            changed,
            c,
            report.result().scaling(),
            report.fewLabels().stream().map(ProbeRecord::few).toList(),
            digest(provenance.get("train")),
            digest(provenance.get("test")));
    CRC32C crc = new CRC32C();
    crc.update(question.toString().getBytes(StandardCharsets.UTF_8));
    return "%s-%08x".formatted(provenance.get("classifier"), crc.getValue());
  }

  private static String few(FewLabelsResult few) {
    boolean first = few.subsets().equals(LabelledSubsets.First.NAME);
    return few.labels() + (first ? LabelledSubsets.First.NAME : "x" + few.draws().size());
  }

  private static Object digest(Object data) {
    return ((Map<?, ?>) data).get("digest");
  }
}
