package dev.wta.reproduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.reproduce.run.MarkdownTable;
import dev.wta.reproduce.run.ReproducedRow;
import dev.wta.reproduce.run.ReproducedTable;
import dev.wta.reproduce.run.RowFigures;
import dev.wta.reproduce.source.MnistFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PaperTablesTest {
  private static final PaperTable TABLE =
      new PaperTable(
          "tiny",
          "A tiny table",
          "Nobody 2026",
          "error %",
          new MnistFiles(),
          PerScale.same(10),
          PerScale.same(10),
          List.of(
              Row.quoted("others", new Reported(1.5, ReportedFrom.P)),
              Row.measured(
                      "ours",
                      Reported.recalled(1),
                      Representation.of(Recipe.of("r", "fc-wta", Map.of())),
                      (laboratory, features) -> Optional.empty())
                  .noting("a note")
                  .only(ExperimentScale.FULL)));

  private static ReproducedTable measured(Measured ours) {
    return new ReproducedTable(
        TABLE,
        ExperimentScale.SMALL,
        7,
        List.of(
            ReproducedRow.unmeasured(TABLE.rows().get(0)),
            new ReproducedRow(TABLE.rows().get(1), ours, 12.4, 10)),
        List.of("A remark."),
        "an abacus",
        0,
        true,
        Path.of("tiny.md"));
  }

  @Test
  void findsTheTablesThatComeWithWta() {
    assertThat(PaperTables.all().stream().map(PaperTable::name))
        .contains("mnist-conv", "mnist-few-labels", "cifar10", "svhn")
        .contains("drsae", "mnist-fc", "roae")
        .doesNotHaveDuplicates();
    assertThatThrownBy(() -> PaperTables.named("cifar1"))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("did you mean 'cifar10'?");
  }

  @Test
  void writesFiguresBesideReportedOnesWithTheirMarks() {
    String text = MarkdownTable.text(measured(new Measured(1.234, 0.1)));

    assertThat(text)
        .contains("# A tiny table")
        .contains("wta reproduce tiny --scale small --seed 7 --data DIR")
        .contains("| others | 1.50 P |  |  |  |  |")
        .contains("| ours | 1.00 M | **1.23 ± 0.10** | 10 | 12 | a note |")
        .contains("P: the paper's own text. M: as commonly quoted, not checked against the paper.")
        .contains("A remark.")
        .contains("On an abacus.");
    assertThat(MarkdownTable.text(measured(Measured.of(1.5)))).contains("**1.50**");
  }

  @Test
  void writesAReportedFigureAsItWasGiven() {
    assertThat(reported(1.6)).isEqualTo("1.60 C");
    assertThat(reported(0.363)).isEqualTo("0.363 C");
    assertThat(RowFigures.reported(Row.unreported("ours", laboratory -> Optional.empty())))
        .isEmpty();
    assertThat(RowFigures.measured(measured(Measured.of(0.25)).rows().get(1), 3))
        .isEqualTo("0.250");
  }

  private static String reported(double value) {
    return RowFigures.reported(Row.quoted("others", new Reported(value, ReportedFrom.C)));
  }

  @Test
  void measuresARowAtItsScalesAlone() {
    assertThat(TABLE.rows().get(0).isMeasuredAt(ExperimentScale.FULL)).isFalse();
    assertThat(TABLE.rows().get(1).isMeasuredAt(ExperimentScale.FULL)).isTrue();
    assertThat(TABLE.rows().get(1).isMeasuredAt(ExperimentScale.SMOKE)).isFalse();
    assertThat(TABLE.rows().get(1).scales()).isEqualTo(Set.of(ExperimentScale.FULL));
  }

  @Test
  void takesNoTwoRowsOfOneName() {
    Row row = Row.quoted("others", Reported.recalled(1));
    assertThatThrownBy(
            () ->
                new PaperTable(
                    "t",
                    "",
                    "",
                    "",
                    new MnistFiles(),
                    PerScale.same(1),
                    PerScale.same(1),
                    List.of(row, row)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("one name");
  }

  @Test
  void givesARecipeItsSettingsAtEachScale() {
    Recipe recipe = Recipe.of("r", "fc-wta", Map.of("hidden", "10")).with("epochs", 1, 2, 3);

    assertThat(recipe.settings().at(ExperimentScale.SMOKE))
        .isEqualTo(Map.of("hidden", "10", "epochs", 1));
    assertThat(recipe.settings().at(ExperimentScale.FULL))
        .isEqualTo(Map.of("hidden", "10", "epochs", 3));
  }

  @Test
  void turnsErrorsIntoAccuracies() {
    assertThat(new Measured(12.5, 0.5).asAccuracy()).isEqualTo(new Measured(87.5, 0.5));
  }
}
