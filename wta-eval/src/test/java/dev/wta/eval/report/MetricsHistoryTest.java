package dev.wta.eval.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricsHistoryTest {
  @Test
  void readsColumnsThatNotEveryLineHas() {
    MetricsHistory history =
        new MetricsHistory(
            List.of(
                Map.of("step", 1, "loss", 2.5),
                Map.of("step", 2L, "loss", 1.5, "other", 7),
                Map.of("no step", 1, "loss", 99)));
    assertThat(history.names()).containsExactlyInAnyOrder("loss", "other");
    assertThat(history.column("loss").steps()).containsExactly(1, 2);
    assertThat(history.column("loss").values()).containsExactly(2.5, 1.5);
    assertThat(history.column("other").steps()).containsExactly(2);
  }

  @Test
  void averagesNeighboursOfALongCurve() {
    List<Map<String, Object>> lines = new ArrayList<>();
    for (int step = 1; step <= 2001; step++) {
      lines.add(Map.of("step", step, "loss", (double) step));
    }
    MetricsHistory.Column column = new MetricsHistory(lines).column("loss");
    assertThat(column.averaged()).isEqualTo(3);
    assertThat(column.values()).hasSize(667).startsWith(2, 5).endsWith(2000);
    assertThat(column.steps()).startsWith(3, 6).endsWith(2001);
  }
}
