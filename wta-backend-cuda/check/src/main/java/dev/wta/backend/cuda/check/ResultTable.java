package dev.wta.backend.cuda.check;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All findings side by side: a line for each thing, a column for whoever it was measured of. */
final class ResultTable {
  private ResultTable() {}

  static String of(List<Path> files) {
    Set<String> columns = new LinkedHashSet<>();
    Map<String, Map<String, String>> rows = new LinkedHashMap<>();
    for (Path file : files) {
      for (String line : lines(file)) {
        String[] fields = line.split("\t", 4);
        if (fields.length == 4) {
          columns.add(fields[0]);
          rows.computeIfAbsent(fields[1] + " [" + fields[3] + "]", what -> new LinkedHashMap<>())
              .put(fields[0], fields[2]);
        }
      }
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

  /** None of a part that was not run. */
  private static List<String> lines(Path file) {
    try {
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
