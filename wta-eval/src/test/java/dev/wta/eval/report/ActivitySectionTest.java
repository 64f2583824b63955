package dev.wta.eval.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.eval.chart.Histogram;
import java.util.List;
import org.junit.jupiter.api.Test;

class ActivitySectionTest {

  @Test
  void densitiesStandInIntervalsOfEqualRatio() {
    Histogram chart = ActivitySection.densities(new double[] {0, 0.001, 0.01, 0.01, 0.1, 1});
    assertThat(chart.x().logarithmic()).isTrue();
    List<Histogram.Bin> used = chart.bins().stream().filter(bin -> bin.count() > 0).toList();
    assertThat(used).extracting(Histogram.Bin::count).containsExactly(1.0, 2.0, 1.0, 1.0);
    assertThat(used)
        .zipSatisfy(
            List.of(0.1, 1.0, 10.0, 100.0),
            (bin, percent) -> {
              assertThat(bin.from()).isLessThanOrEqualTo(percent);
              assertThat(bin.to()).isGreaterThanOrEqualTo(percent);
            });
    double ratio = used.getFirst().to() / used.getFirst().from();
    assertThat(used)
        .allSatisfy(bin -> assertThat(bin.to() / bin.from()).isCloseTo(ratio, within(1e-9)));
  }

  @Test
  void deadUnitsAloneLeaveTheChartEmpty() {
    assertThat(ActivitySection.densities(new double[3]).bins())
        .allSatisfy(bin -> assertThat(bin.count()).isZero());
  }

  @Test
  void unitsOfOneDensityHaveAPlace() {
    assertThat(ActivitySection.densities(new double[] {0.25, 0.25}).bins())
        .extracting(Histogram.Bin::count)
        .contains(2.0);
  }
}
