package dev.wta.data.importer.format;

import dev.wta.api.Spelling;
import dev.wta.api.WtaException;
import dev.wta.data.importer.CountedStream;
import dev.wta.data.importer.ImportListener;
import dev.wta.data.importer.ImportStage;
import dev.wta.data.importer.SourceFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What the first reading of a CSV file finds out.
 *
 * @param columns of each line
 * @param names of the columns; empty without a header
 * @param label the index of the labels' column; -1 without labels
 * @param rows without the header
 */
record CsvTable(Path path, int columns, List<String> names, int label, int rows) {
  private static final int MOST_COLUMNS = 1 << 22;

  /** Rows between two reports of progress. */
  private static final int ROWS_PER_REPORT = 256;

  /** Names that a column of labels mostly has. */
  private static final Set<String> LABEL_NAMES = Set.of("label", "labels", "class");

  /**
   * Reads a file to its end.
   *
   * @throws WtaException if it is empty or damaged, its lines differ in their columns, or there is
   *     no such column of labels
   */
  static CsvTable of(Path path, Csv.Columns given, ImportListener listener) throws IOException {
    long size = Files.size(path);
    try (CountedStream raw = new CountedStream(SourceFile.open(path));
        InputStream content = SourceFile.inflated(raw)) {
      CsvFile file = new CsvFile(path, content, given.separator());
      if (!file.nextRecord()) {
        throw new WtaException(path + " is empty", "give a CSV file with a sample a line");
      }
      FirstLine first = FirstLine.read(file);
      boolean header = given.header().isPresent() ? given.header().get() : first.isHeader(listener);
      List<String> names = header ? first.fields() : List.of();
      int columns = first.fields().size();
      int label = given.label().map(name -> indexOf(path, name, names, columns)).orElse(-1);
      if (label < 0) {
        noteLabels(names, listener);
      } else if (columns == 1) {
        throw new WtaException(
            path + " has no column but that of the labels", "give a file that has samples, too");
      }
      CsvTable table = new CsvTable(path, columns, names, label, header ? 0 : 1);
      long rows = table.rows;
      for (; file.nextRecord(); rows++) {
        table.requireColumns(file, file.skipFields());
        if (rows % ROWS_PER_REPORT == 0) {
          listener.progressed(ImportStage.COUNTING, Math.min(raw.count(), size), size);
        }
      }
      listener.progressed(ImportStage.COUNTING, size, size);
      if (rows == 0) {
        throw new WtaException(path + " has no line but its header", "give a file with samples");
      }
      if (rows > Integer.MAX_VALUE) {
        throw new WtaException(
            "%s has %,d samples".formatted(path, rows),
            "split it: a data set has at most %,d".formatted(Integer.MAX_VALUE));
      }
      return new CsvTable(path, columns, names, label, (int) rows);
    }
  }

  /** Checks how many fields the line had that was read last. */
  void requireColumns(CsvFile file, int found) {
    if (found != columns) {
      throw new WtaException(
          "%s, line %d has %,d %s, and the first line has %,d"
              .formatted(path, file.line(), found, found == 1 ? "column" : "columns", columns),
          "give every line as many");
    }
  }

  private static int indexOf(Path path, String label, List<String> names, int columns) {
    int index = names.indexOf(label);
    if (index >= 0 && names.lastIndexOf(label) > index) {
      throw new WtaException(
          "%s has more than one column '%s'".formatted(path, label),
          "give the column's number, from 1");
    }
    boolean number = label.matches("\\d{1,9}");
    if (index < 0 && number) {
      int given = Integer.parseInt(label);
      index = given <= columns ? given - 1 : -1;
    }
    if (index >= 0) {
      return index;
    }
    String remedy =
        "give %sa number from 1 to %d"
            .formatted(names.isEmpty() ? "" : "a name of the header or ", columns);
    throw new WtaException(
        "%s has no column '%s'%s".formatted(path, label, names.isEmpty() ? ", and no header" : ""),
        Spelling.nearest(label, number ? List.of() : names)
            .map(nearest -> "did you mean '%s'? %s".formatted(nearest, remedy))
            .orElse(remedy));
  }

  private static void noteLabels(List<String> names, ImportListener listener) {
    names.stream()
        .filter(name -> LABEL_NAMES.contains(name.toLowerCase(Locale.ROOT)))
        .findFirst()
        .ifPresent(
            name ->
                listener.note(
                    "the column '%s' is a value of the samples: if it has their labels, give"
                            .formatted(name)
                        + " --label "
                        + name));
  }

  /**
   * The first line, which may have the columns' names.
   *
   * @param numbers how many of its fields are numbers
   * @param counting whether they are 0, 1, 2 and so on
   * @param mixed the error of the first field that is none; empty if all are
   */
  private record FirstLine(
      List<String> fields, int numbers, boolean counting, Optional<WtaException> mixed) {
    static FirstLine read(CsvFile file) throws IOException {
      List<String> fields = new ArrayList<>();
      int numbers = 0;
      boolean counting = true;
      Optional<WtaException> mixed = Optional.empty();
      while (file.nextField()) {
        if (fields.size() == MOST_COLUMNS) {
          throw file.wrong("is one more than %,d".formatted(MOST_COLUMNS), "give fewer columns");
        }
        float number = file.number();
        counting &= number == fields.size();
        if (!Float.isNaN(number) || file.namesNoFiniteNumber()) {
          numbers++;
        } else if (mixed.isEmpty()) {
          mixed =
              Optional.of(
                  file.wrong(
                      "is '%s', and the line has numbers, too".formatted(file.shown()),
                      "give --header if it has the columns' names, or correct it"));
        }
        fields.add(file.text().strip());
      }
      return new FirstLine(fields, numbers, counting, mixed);
    }

    /**
     * Whether none of the fields is a number, and not all are empty.
     *
     * @throws WtaException if some are
     */
    boolean isHeader(ImportListener listener) {
      if (numbers > 0 && mixed.isPresent()) {
        throw mixed.get();
      }
      if (counting && numbers > 2) {
        listener.note(
            "the first line is 0, 1, 2, ...: if these are the columns' names, give --header");
      }
      return numbers == 0 && !fields.stream().allMatch(String::isEmpty);
    }
  }
}
