package dev.wta.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressLineTest {
  private static final Progress HALF_WAY =
      new Progress("", 3, 50, 0.5, 21600.4, 12.3456, Double.NaN, Duration.ofSeconds(83));

  @Test
  void logsOneLineOfFigures() {
    assertThat(ProgressLine.plain(HALF_WAY))
        .isEqualTo("epoch 3/50   50 %  1:23 left  loss 12.35  21,600 samples/s");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 20, 40, 60, 80, 100, 200})
  void fitsTheWidth(int columns) {
    assertThat(ProgressLine.rendered(HALF_WAY, terminal(columns, false, true)))
        .hasSizeLessThan(columns)
        .doesNotContain("\n");
  }

  @Test
  void leavesFiguresOutWhole() {
    assertThat(ProgressLine.rendered(HALF_WAY, terminal(45, false, true)))
        .isEqualTo("epoch 3/50   50 %  1:23 left  loss 12.35");
  }

  @Test
  void saysNothingOfALossThatIsNotKnown() {
    Progress early =
        new Progress("", 1, 50, 0.001, 100, Double.NaN, Double.NaN, Duration.ofSeconds(83));
    assertThat(ProgressLine.plain(early)).isEqualTo("epoch 1/50    0 %  1:23 left  100 samples/s");
  }

  @Test
  void drawsTheBarInProportion() {
    assertThat(ProgressLine.rendered(HALF_WAY, terminal(200, false, true)))
        .contains("  " + "━".repeat(20) + "─".repeat(20) + "  ");
  }

  @Test
  void drawsWithinAsciiWhereThatIsAllThereIs() {
    assertThat(ProgressLine.rendered(HALF_WAY, terminal(200, false, false)))
        .contains("#".repeat(20) + "-".repeat(20))
        .matches("\\p{ASCII}*");
  }

  @Test
  void neverOverfillsTheBar() {
    Progress over = new Progress("", 50, 50, 1.01, 1, 1, Double.NaN, Duration.ZERO);
    assertThat(ProgressLine.rendered(over, terminal(200, false, true)))
        .contains("━".repeat(40))
        .doesNotContain("─");
  }

  @Test
  void coloursOnlyWhereWanted() {
    assertThat(ProgressLine.rendered(HALF_WAY, terminal(120, true, true))).contains("\u001b[");
    assertThat(ProgressLine.rendered(HALF_WAY, terminal(120, false, true)))
        .doesNotContain("\u001b");
  }

  @ParameterizedTest
  @CsvSource({"0, 0:00", "59, 0:59", "60, 1:00", "3599, 59:59", "3600, 1:00:00", "90061, 25:01:01"})
  void tellsTheTimeLeft(long seconds, String clock) {
    assertThat(ProgressLine.clock(Duration.ofSeconds(seconds))).isEqualTo(clock);
  }

  private static Terminal terminal(int columns, boolean colour, boolean unicode) {
    return new Terminal(true, columns, colour, unicode);
  }

  @Test
  void aPartOfARunComesFirst() {
    Progress second =
        new Progress("layer 2/3  ", 1, 5, 0.5, 100, 1, Double.NaN, Duration.ofSeconds(9));
    assertThat(ProgressLine.plain(second)).startsWith("layer 2/3  epoch 1/5   50 %");
  }

  @Test
  void theErrorOnHeldOutSamplesIsShownWhereItIsKnown() {
    Progress late = new Progress("", 4, 5, 0.7, 100, 1, 0.0123, Duration.ofSeconds(9));
    assertThat(ProgressLine.plain(late)).contains("  validation 1.23 %  ");
  }
}
