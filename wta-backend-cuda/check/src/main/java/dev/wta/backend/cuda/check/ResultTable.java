package dev.wta.backend.cuda.check;

import dev.wta.backend.cuda.check.Results.Finding;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All findings side by side: a line for each thing, a column for whoever it was measured of. */
final class ResultTable {
  private ResultTable() {}

  static String of(List<Finding> findings) {
    Set<String> columns = new LinkedHashSet<>();
    Map<String, Map<String, String>> rows = new LinkedHashMap<>();
    for (Finding finding : findings) {
      columns.add(finding.who());
      rows.computeIfAbsent(
              finding.what() + " [" + finding.unit() + "]", what -> new LinkedHashMap<>())
          .put(finding.who(), finding.value());
    }
    StringBuilder table = new StringBuilder("%-56s".formatted(""));
    columns.forEach(column -> table.append("%16s".formatted(column)));
    table.append('\n');
    rows.forEach(
        (what, values) -> {
          table.append("%-56s".formatted(what));
          columns.forEach(
              column -> table.append("%16s".formatted(values.getOrDefault(column, ""))));
          table.append('\n');
        });
    return table.toString();
  }
}
