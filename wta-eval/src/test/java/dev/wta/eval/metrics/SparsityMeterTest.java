package dev.wta.eval.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SparsityMeterTest {
  private static final int SAMPLES = 100;
  private static final int UNITS = 4;
  private static final int POSITIONS = 3;
  private static final int DEAD = 2;

  /** {@code (samples, units, positions)}, about half of it 0, and one unit that never answers. */
  private static float[] code() {
    Random random = new Random(1);
    float[] code = new float[SAMPLES * UNITS * POSITIONS];
    for (int i = 0; i < code.length; i++) {
      boolean dead = i / POSITIONS % UNITS == DEAD;
      code[i] = dead ? 0 : (float) Math.max(0, random.nextGaussian());
    }
    return code;
  }

  private static SparsityMeter measured(float[] code) {
    SparsityMeter meter = new SparsityMeter(1, UNITS, POSITIONS);
    int batch = 30;
    int width = UNITS * POSITIONS;
    for (int from = 0; from < SAMPLES; from += batch) {
      int count = Math.min(batch, SAMPLES - from);
      int start = from;
      meter.add(
          new float[count],
          Arrays.copyOfRange(code, from * width, (from + count) * width),
          Optional.empty(),
          IntStream.range(0, count).map(i -> 1000 + start + i).toArray(),
          count);
    }
    return meter;
  }

  private static float largest(float[] code, int sample, int unit) {
    float largest = 0;
    for (int p = 0; p < POSITIONS; p++) {
      largest = Math.max(largest, code[(sample * UNITS + unit) * POSITIONS + p]);
    }
    return largest;
  }

  @Test
  void keepsTheSamplesThatExciteAUnitMostWithTheirPlaces() {
    float[] code = code();
    SparsityMeter meter = measured(code);
    for (int unit : new int[] {0, 1, 3}) {
      int of = unit;
      List<Integer> sorted =
          IntStream.range(0, SAMPLES)
              .boxed()
              .sorted(Comparator.comparingDouble((Integer i) -> -largest(code, i, of)))
              .toList();
      assertThat(meter.excitingSamples(unit)).isEqualTo(SparsityMeter.MOST_EXCITING);
      for (int rank = 0; rank < SparsityMeter.MOST_EXCITING; rank++) {
        int sample = sorted.get(rank);
        assertThat(meter.row(unit, rank)).isEqualTo(1000 + sample);
        assertThat(meter.excitement(unit, rank)).isEqualTo(largest(code, sample, unit));
        assertThat(code[(sample * UNITS + unit) * POSITIONS + meter.position(unit, rank)])
            .isEqualTo(meter.excitement(unit, rank));
      }
    }
  }

  @Test
  void countsUsagePowerAndTheDead() {
    float[] code = code();
    SparsityMeter meter = measured(code);
    assertThat(meter.dead()).isEqualTo(1);
    assertThat(meter.usage(DEAD)).isZero();
    assertThat(meter.excitingSamples(DEAD)).isZero();
    assertThat(meter.metrics().deadUnits()).as("numbers of the code").isEqualTo(POSITIONS);
    assertThat(meter.metrics().features()).isEqualTo(UNITS * POSITIONS);
    assertThat(meter.metrics().explainedVariance()).as("nothing was reconstructed").isNaN();
    double used = IntStream.range(0, SAMPLES).filter(i -> largest(code, i, 0) > 0).count();
    assertThat(meter.usage(0)).isEqualTo(used / SAMPLES);
    double power = 0;
    for (int i = 0; i < SAMPLES; i++) {
      for (int p = 0; p < POSITIONS; p++) {
        power += Math.pow(code[i * UNITS * POSITIONS + p], 2) / SAMPLES;
      }
    }
    assertThat(meter.power(0)).isCloseTo(power, within(1e-9));
  }

  @Test
  void sortsEveryActivationIntoTheHistogram() {
    float[] code = code();
    SparsityMeter meter = measured(code);
    double top = meter.strongest();
    long[] expected = new long[10];
    for (float value : code) {
      if (value > 0) {
        expected[(int) Math.min(9, 10 * value / top)]++;
      }
    }
    long[] counts = meter.histogram(10, top);
    assertThat(Arrays.stream(counts).sum()).isEqualTo(Arrays.stream(expected).sum());
    for (int i = 0; i < 10; i++) { // a value close to an edge may fall on its other side
      assertThat((double) counts[i]).isCloseTo((double) expected[i], within(3.0));
    }
  }
}
