package dev.wta.reproduce.run;

import dev.wta.api.WtaException;
import dev.wta.data.io.AtomicFile;
import dev.wta.reproduce.PaperTable;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Locale;

/** Writes a measured table as Markdown, for a page of results. */
public final class MarkdownTable {
  private MarkdownTable() {}

  static void write(ReproducedTable result) {
    try {
      Files.createDirectories(result.markdown().toAbsolutePath().getParent());
      try (AtomicFile file = AtomicFile.create(result.markdown())) {
        file.write(text(result));
        file.commit();
      }
    } catch (IOException failed) {
      throw new WtaException(
          "%s cannot be written: %s".formatted(result.markdown(), failed.getMessage()),
          "choose another folder with --out",
          failed);
    }
  }

  public static String text(ReproducedTable result) {
    PaperTable table = result.table();
    StringBuilder text = new StringBuilder();
    text.append("# %s%n%n".formatted(table.title()));
    text.append(
        "%s, %s. Scale %s, seed %d:%n%n"
            .formatted(table.paper(), table.unit(), result.scale().text(), result.seed()));
    text.append("```%n%s%n```%n%n".formatted(result.command()));
    if (!result.finished()) {
      text.append("Stopped before the end; the same command resumes.%n%n".formatted());
    }
    text.append("| system | reported | measured | training, s | all, s | |%n".formatted());
    text.append("|---|---|---|---|---|---|%n".formatted());
    for (ReproducedRow row : result.rows()) {
      text.append(line(row, table.decimals()));
    }
    text.append("%n%s%n".formatted(result.marks()));
    for (String remark : result.remarks()) {
      text.append("%n%s%n".formatted(remark));
    }
    text.append("%nOn %s.%n".formatted(result.machine()));
    return text.toString();
  }

  private static String line(ReproducedRow row, int decimals) {
    boolean measured = row.measured() != null;
    return "| %s | %s | %s | %s | %s | %s |%n"
        .formatted(
            row.row().system(),
            RowFigures.reported(row.row()),
            measured ? "**" + RowFigures.measured(row, decimals) + "**" : "",
            measured ? seconds(row.trainingSeconds()) : "",
            measured ? seconds(row.seconds()) : "",
            row.row().note());
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%,.0f", seconds);
  }
}
