package dev.wta.data.importer.format;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.ElementType;
import dev.wta.data.importer.ArrowImport;
import dev.wta.data.importer.ImportSummary;
import dev.wta.data.importer.ImportTarget;
import dev.wta.data.importer.SampleChunk;
import dev.wta.data.importer.SampleSource;
import dev.wta.data.importer.SourceFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Imports CSV (RFC 4180), compressed with gzip or not: a vector of numbers in each line, as many in
 * all of them. A file is read twice, first to count its rows, and never held in memory.
 */
public final class Csv {
  private static final Pattern OTHER_SEPARATORS = Pattern.compile("[,;\t|]");

  private Csv() {}

  /**
   * What a file's columns are.
   *
   * @param separator what stands between two columns: an ASCII character that no number has
   * @param header whether the first line has the columns' names; empty to find out: it has if none
   *     of its fields is a number
   * @param label the column of the labels, by its name or its number from 1; empty without labels
   */
  public record Columns(char separator, Optional<Boolean> header, Optional<String> label) {
    /** Separated by commas, without labels. */
    public static final Columns DEFAULTS = new Columns(',', Optional.empty(), Optional.empty());

    /** Checks the separator. */
    public Columns {
      if (separator > '~'
          || Character.isLetterOrDigit(separator)
          || "\"+-.\r\n".indexOf(separator) >= 0) {
        throw new WtaException(
            "'%s' cannot separate columns".formatted(separator),
            "give a character that no number has, such as ',' or ';'");
      }
    }
  }

  /**
   * Writes the rows to an Arrow file, which replaces what was there: samples of shape {@code
   * (columns)} of float32, the nearest to the numbers in the file; labels are whole numbers from 0.
   *
   * @throws WtaException if the file is missing, empty or damaged, a line has other columns than
   *     the first, a field is no finite number of float32, there is no such column of labels, or
   *     the target cannot be written
   */
  public static ImportSummary convert(Path source, Columns columns, ImportTarget target) {
    SourceFile.requireFile(source, "a CSV file", target.out());
    if (Files.exists(source) && !Files.isRegularFile(source)) {
      throw new WtaException(
          source + " is no regular file, and CSV is read twice", "write it to a file first");
    }
    return SourceFile.reading(
        source,
        () -> {
          CsvTable table = CsvTable.of(source, columns, target.listener());
          Map<String, String> provenance = new LinkedHashMap<>();
          provenance.put("wta.import", "csv");
          provenance.put("wta.source", source.getFileName().toString());
          columns.label().ifPresent(label -> provenance.put("wta.labels", label));
          try (InputStream content = SourceFile.openInflated(source)) {
            CsvFile file = new CsvFile(source, content, columns.separator());
            return ArrowImport.write(new Samples(table, file), provenance, target);
          }
        });
  }

  /** The samples of an open file; its opener closes it. */
  private static final class Samples implements SampleSource {
    private final CsvTable table;
    private final CsvFile file;
    private final int width;
    private int next;

    Samples(CsvTable table, CsvFile file) throws IOException {
      this.table = table;
      this.file = file;
      width = table.columns() - (table.label() < 0 ? 0 : 1);
      if (!table.names().isEmpty()) {
        requireRecord();
        file.skipFields();
      }
    }

    @Override
    public Form form() {
      return new Form(Shape.of(width), ElementType.FLOAT32, table.label() >= 0, table.rows());
    }

    @Override
    public int read(SampleChunk chunk) {
      return SourceFile.reading(
          table.path(),
          () -> {
            int rows = Math.min(chunk.capacity(), table.rows() - next);
            for (int row = 0; row < rows; row++) {
              requireRecord();
              read(chunk, row);
            }
            if (rows == 0 && file.nextRecord()) {
              throw changed();
            }
            next += rows;
            return rows;
          });
    }

    private void requireRecord() throws IOException {
      if (!file.nextRecord()) {
        throw changed();
      }
    }

    private WtaException changed() {
      return new WtaException(
          table.path() + " changed while it was read", "import it when it is whole");
    }

    private void read(SampleChunk chunk, int row) throws IOException {
      int found = 0;
      int place = row * width;
      for (; file.nextField(); found++) {
        if (found == table.label()) {
          chunk.labels()[row] = label();
        } else if (found < table.columns()) {
          float number = file.number();
          if (!Float.isFinite(number)) {
            throw notFinite(number);
          }
          chunk.floats()[place++] = number;
        }
      }
      table.requireColumns(file, found);
    }

    private int label() {
      String text = file.text().strip();
      if (text.matches("\\d{1,10}") && Long.parseLong(text) < Integer.MAX_VALUE) {
        return Integer.parseInt(text);
      }
      throw file.wrong(
          "is '%s', and labels are whole numbers".formatted(file.shown()), "number classes from 0");
    }

    private WtaException notFinite(float number) {
      String shown = file.shown();
      if (shown.isBlank()) {
        return file.wrong("is empty", "fill it in, or drop the line");
      }
      if (Float.isInfinite(number)) {
        return file.wrong(
            "is %s, which is too large for float32".formatted(shown),
            "scale the data before saving it");
      }
      if (file.namesNoFiniteNumber()) {
        return file.wrong("is %s".formatted(shown), "replace it, or drop the line");
      }
      return file.wrong(
          "is '%s', which is no number".formatted(shown),
          OTHER_SEPARATORS.matcher(shown).find()
              ? "give the character between columns with --separator"
              : "correct it, or drop the line");
    }
  }
}
