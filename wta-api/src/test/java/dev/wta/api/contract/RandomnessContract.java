package dev.wta.api.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.contract.support.RandomValues;
import dev.wta.api.contract.support.Tolerance;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The streams that {@link Philox} defines, on the device. */
public interface RandomnessContract extends Contract {

  private static List<Philox> streams() {
    return List.of(
        new Philox(0, 0),
        new Philox(-1, -1),
        new Philox(0x0123456789abcdefL, 0xfedcba9876543210L),
        Seed.of(1).stream("init/encoder"));
  }

  @ParameterizedTest(name = "uniform, {0} of them")
  @MethodSource("dev.wta.api.contract.support.Sizes#vectors")
  default void uniformIsPhilox(Shape shape) {
    for (Philox stream : streams()) {
      Twin out = bench().output(shape);
      bench().run(s -> s.backend().randomness().uniform(stream, s.of(out)));
      float[] numbers = bench().download(out);
      for (int i = 0; i < numbers.length; i++) {
        assertThat(numbers[i]).as("%s, element %d", stream, i).isEqualTo(stream.uniform(i));
      }
    }
  }

  @ParameterizedTest(name = "normal, {0} of them")
  @MethodSource("dev.wta.api.contract.support.Sizes#vectors")
  default void normalIsPhiloxToRounding(Shape shape) {
    float mean = -0.25f;
    float deviation = 0.01f;
    for (Philox stream : streams()) {
      Twin out = bench().output(shape);
      bench().run(s -> s.backend().randomness().normal(stream, mean, deviation, s.of(out)));
      float[] numbers = bench().download(out);
      for (int i = 0; i < numbers.length; i++) {
        double scaled = (double) deviation * stream.normal(i);
        double magnitude = Math.abs(mean) + Math.abs(scaled);
        assertThat((double) numbers[i])
            .as("%s, element %d", stream, i)
            .isCloseTo(mean + scaled, within(Tolerance.relative(4, magnitude)));
      }
    }
  }

  @ParameterizedTest(name = "bernoulli, {0} of them")
  @MethodSource("dev.wta.api.contract.support.Sizes#vectors")
  default void bernoulliIsPhilox(Shape shape) {
    float[] chances = new RandomValues(170).uniform(shape, -0.2f, 1.2f);
    new RandomValues(171).sprinkle(chances, 0, 0.1);
    new RandomValues(172).sprinkle(chances, 1, 0.1);
    new RandomValues(173).sprinkle(chances, Float.NaN, 0.05);
    Twin probabilities = bench().input(shape, chances);
    for (Philox stream : streams()) {
      Twin out = bench().output(shape);
      bench().run(s -> s.backend().randomness().bernoulli(stream, s.of(probabilities), s.of(out)));
      float[] draws = bench().download(out);
      for (int i = 0; i < draws.length; i++) {
        assertThat(draws[i])
            .as("%s, element %d at %s", stream, i, chances[i])
            .isEqualTo(stream.uniform(i) < chances[i] ? 1 : 0);
      }
    }
  }

  @Test
  default void aLongStreamIsTheSameEverywhere() {
    Philox stream = Seed.of(7).stream("long");
    Twin out = bench().output(Shape.of(97, 1021));
    bench().run(s -> s.backend().randomness().uniform(stream, s.of(out)));
    bench().assertExact(out);
  }

  /** Moments of 99,037 draws, each to within five of its standard errors. */
  @Test
  default void drawsHaveTheMomentsOfTheirDistribution() {
    Shape shape = Shape.of(97, 1021);
    double n = (double) shape.size();
    Philox stream = Seed.of(3).stream("moments");
    Twin uniform = bench().output(shape);
    Twin normal = bench().output(shape);
    Twin fair = bench().output(shape);
    float[] chances = new float[(int) shape.size()];
    Arrays.fill(chances, 0.3f);
    Twin probabilities = bench().input(shape, chances);
    bench()
        .run(
            s -> {
              s.backend().randomness().uniform(stream, s.of(uniform));
              s.backend().randomness().normal(stream, 2, 3, s.of(normal));
              s.backend().randomness().bernoulli(stream, s.of(probabilities), s.of(fair));
            });
    checkMoments("uniform", bench().download(uniform), 0.5, 1 / 12.0, n);
    checkMoments("normal", bench().download(normal), 2, 9, n);
    checkMoments("bernoulli", bench().download(fair), 0.3, 0.21, n);
  }

  private static void checkMoments(
      String name, float[] draws, double mean, double variance, double n) {
    double sum = 0;
    double squares = 0;
    for (float draw : draws) {
      sum += draw;
      squares += (draw - mean) * (draw - mean);
    }
    assertThat(sum / n).as("mean, %s", name).isCloseTo(mean, within(5 * Math.sqrt(variance / n)));
    // A normal variance's standard error is sqrt(2 / n) of it, and the others' are smaller.
    assertThat(squares / n)
        .as("variance, %s", name)
        .isCloseTo(variance, within(5 * variance * Math.sqrt(2 / n)));
  }
}
