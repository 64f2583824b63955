package dev.wta.eval.report;

import dev.wta.eval.probe.FewLabelsResult;
import dev.wta.eval.report.html.NumberFormats;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The result of a probe in the run's folder. It is validated, as another version of wta may have
 * written it.
 *
 * @param json the document
 */
record ProbeNote(Map<String, Object> json) {

  String text(String name) {
    return json.get(name) instanceof String text ? text : "";
  }

  OptionalDouble number(String name) {
    return json.get(name) instanceof Number number
        ? OptionalDouble.of(number.doubleValue())
        : OptionalDouble.empty();
  }

  /** The name of the data in a role, {@code train} or {@code test}, with its size. */
  String data(String role) {
    if (!(json.get(role) instanceof Map<?, ?> data)) {
      return "";
    }
    String name = String.valueOf(data.get("name"));
    String file = name.substring(name.lastIndexOf('/') + 1);
    return data.get("samples") instanceof Number samples
        ? "%s (%s)".formatted(file, NumberFormats.count(samples.longValue()))
        : file;
  }

  /** Whether it judged what the run has learnt, and not the samples themselves. */
  boolean ofRun() {
    return !Boolean.TRUE.equals(json.get("raw"));
  }

  /** Few-label results by rising number of labels; empty where there are none. */
  List<FewLabelsResult> fewLabels() {
    List<FewLabelsResult> results = new ArrayList<>();
    if (json.get("fewLabels") instanceof List<?> list) {
      for (Object entry : list) {
        if (entry instanceof Map<?, ?> row
            && row.get("labels") instanceof Number labels
            && row.get("mean") instanceof Number mean) {
          Double std = row.get("std") instanceof Number number ? number.doubleValue() : null;
          String subsets = row.get("subsets") instanceof String named ? named : "random";
          results.add(
              new FewLabelsResult(
                  labels.intValue(), subsets, mean.doubleValue(), std, List.of(), 0));
        }
      }
    }
    results.sort(Comparator.comparingInt(FewLabelsResult::labels));
    return results;
  }

  /** {@code confusion[truth][prediction]}, if it is whole. */
  Optional<long[][]> confusion() {
    if (!(json.get("confusion") instanceof List<?> rows) || rows.isEmpty()) {
      return Optional.empty();
    }
    long[][] counts = new long[rows.size()][rows.size()];
    for (int truth = 0; truth < counts.length; truth++) {
      if (!(rows.get(truth) instanceof List<?> row) || row.size() != counts.length) {
        return Optional.empty();
      }
      for (int predicted = 0; predicted < counts.length; predicted++) {
        if (!(row.get(predicted) instanceof Number count)) {
          return Optional.empty();
        }
        counts[truth][predicted] = count.longValue();
      }
    }
    return Optional.of(counts);
  }
}
