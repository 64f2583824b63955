package dev.wta.api.contract.fuzz;

import dev.wta.api.contract.support.Tolerance;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.random.Philox;
import dev.wta.api.tensor.Shape;
import java.util.List;

/** Random cases of {@link dev.wta.api.op.Randomness}: streams, moments and chances. */
final class RandomnessCases {
  private static final double NUMBERS = 1 << 15;

  private RandomnessCases() {}

  static List<Operation> all() {
    return List.of(
        Operation.of("uniform", RandomnessCases::uniform),
        Operation.of("normal", RandomnessCases::normal),
        Operation.of("bernoulli", RandomnessCases::bernoulli));
  }

  private static Philox stream(Trial t) {
    Noise noise = t.choices().noise("stream");
    return new Philox(noise.next(), noise.next());
  }

  private static Shape shape(Trial t) {
    return Shape.of(t.choices().extents(t.choices().budget(NUMBERS), "rows", "columns"));
  }

  private static void uniform(Trial t) {
    Philox stream = stream(t);
    Twin out = t.bench().output(shape(t));
    t.bench().run(s -> s.backend().randomness().uniform(stream, s.of(out)));
    t.assertExact(out);
  }

  private static void normal(Trial t) {
    Philox stream = stream(t);
    float mean = t.choices().pick("mean", List.of(0f, 1f, -0.25f, 100f, 1e-30f));
    float deviation = t.choices().pick("deviation", List.of(1f, 0f, 0.01f, 3f, 1e30f, 1e-40f));
    Twin out = t.bench().output(shape(t));
    t.bench().run(s -> s.backend().randomness().normal(stream, mean, deviation, s.of(out)));
    t.assertNear(
        out,
        i ->
            Tolerance.relative(
                4, Math.abs(mean) + Math.abs((double) deviation * stream.normal(i))));
  }

  private static void bernoulli(Trial t) {
    Philox stream = stream(t);
    Shape shape = shape(t);
    Twin chances = t.input("probabilities", shape);
    Twin out = t.bench().output(shape);
    t.bench().run(s -> s.backend().randomness().bernoulli(stream, s.of(chances), s.of(out)));
    t.assertExact(out);
  }
}
