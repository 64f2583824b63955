package dev.wta.api.contract.fuzz;

import dev.wta.api.contract.fuzz.Factors.Parameter;
import dev.wta.api.contract.fuzz.Shapes.Geometry;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.contract.support.TwinWinners;
import dev.wta.api.op.Gradient;
import dev.wta.api.tensor.Shape;
import java.util.List;
import java.util.Optional;

/** Random cases of {@link dev.wta.api.op.Sparse}. */
final class SparseCases {
  private SparseCases() {}

  static List<Operation> all() {
    return List.of(
        new Operation("decode", 2, SparseCases::decode),
        new Operation("decodeMaps", 2, SparseCases::decodeMaps),
        new Operation("codeGradient", 2, SparseCases::codeGradient),
        new Operation("codeGradientMaps", 2, SparseCases::codeGradientMaps),
        new Operation("materialise", 3, SparseCases::materialise),
        Operation.of("unitSums", SparseCases::unitSums),
        Operation.of("scatter", SparseCases::scatter),
        Operation.of("gather", SparseCases::gather));
  }

  private static Shape units(Trial t) {
    return Shape.of(t.choices().extents(t.choices().budget(Shapes.CODE), "samples", "units"));
  }

  /** The elements of a row of weights, so that all winners' together are not too many. */
  private static int width(Trial t, TwinWinners winners) {
    int rows = Math.max(winners.code().rows(), winners.code().extent(1));
    return t.choices()
        .extent("width", Shapes.PRODUCTS / 4 / Math.max(1, Math.max(rows, winners.capacity())));
  }

  static Geometry maps(Trial t) {
    return Shapes.geometry(t.choices(), Shapes.PRODUCTS, Shapes.CODE);
  }

  private static void decode(Trial t) {
    Shape code = units(t);
    TwinWinners winners = SparseCodes.of(t, code);
    int width = width(t, winners);
    Twin coefficients = SparseCodes.coefficients(t, "coefficients", winners);
    Twin weights = t.input("weights", Shape.of(code.extent(1), width));
    Optional<Twin> bias = DenseCases.bias(t, width);
    Twin out = t.bench().output(Shape.of(code.rows(), width));
    t.bench()
        .runSum(
            s ->
                s.backend()
                    .sparse()
                    .decode(
                        s.of(winners),
                        s.of(coefficients),
                        s.of(weights),
                        Optional.empty(),
                        s.of(bias),
                        s.of(out)));
    t.assertSum(out, code.extent(1) + 1L);
  }

  private static void decodeMaps(Trial t) {
    Geometry g = maps(t);
    TwinWinners winners = SparseCodes.of(t, g.code());
    Twin coefficients = SparseCodes.coefficients(t, "coefficients", winners);
    Twin filters = t.input("filters", g.filters());
    Optional<Twin> bias = DenseCases.bias(t, g.filters().extent(1));
    Twin images = t.bench().output(g.images());
    t.bench()
        .runSum(
            s ->
                s.backend()
                    .sparse()
                    .decode(
                        s.of(winners),
                        s.of(coefficients),
                        s.of(filters),
                        Optional.of(g.window()),
                        s.of(bias),
                        s.of(images)));
    t.assertSum(images, (long) g.filters().rows() * g.taps() + 1);
  }

  private static void codeGradient(Trial t) {
    Shape code = units(t);
    TwinWinners winners = SparseCodes.of(t, code);
    int width = width(t, winners);
    Twin slope = t.input("slope", Shape.of(code.rows(), width));
    Twin weights = t.input("weights", Shape.of(code.extent(1), width));
    Twin coefficients = t.bench().output(Shape.of(winners.capacity()));
    t.bench()
        .runSum(
            s ->
                s.backend()
                    .sparse()
                    .codeGradient(
                        s.of(winners),
                        s.of(slope),
                        s.of(weights),
                        Optional.empty(),
                        s.of(coefficients)));
    assertCoefficients(t, winners, coefficients, width);
  }

  private static void codeGradientMaps(Trial t) {
    Geometry g = maps(t);
    TwinWinners winners = SparseCodes.of(t, g.code());
    Twin slope = t.input("slope", g.images());
    Twin filters = t.input("filters", g.filters());
    Twin coefficients = t.bench().output(Shape.of(winners.capacity()));
    t.bench()
        .runSum(
            s ->
                s.backend()
                    .sparse()
                    .codeGradient(
                        s.of(winners),
                        s.of(slope),
                        s.of(filters),
                        Optional.of(g.window()),
                        s.of(coefficients)));
    assertCoefficients(t, winners, coefficients, (long) g.taps() * g.images().extent(1));
  }

  /** Compared as the dense code that they make: a slot without a winner may hold anything. */
  private static void assertCoefficients(
      Trial t, TwinWinners winners, Twin coefficients, long terms) {
    Twin dense = t.bench().output(winners.code());
    t.bench()
        .runSum(s -> s.backend().sparse().scatter(s.of(winners), s.of(coefficients), s.of(dense)));
    t.assertSum(dense, terms);
  }

  private static void materialise(Trial t) {
    Parameter parameter = Factors.of(t);
    float beta = t.choices().pick("beta", List.of(0f, 1f, -0.5f));
    Twin out = t.target("out", parameter.shape(), beta != 0);
    t.bench()
        .runSum(
            s -> {
              Gradient.Factored gradient = parameter.gradient(s);
              s.backend().sparse().materialise(gradient, s.of(beta), s.of(out));
            });
    t.assertSum(out, parameter.terms() + 1);
  }

  private static void unitSums(Trial t) {
    Shape code = Shapes.code(t.choices());
    TwinWinners winners = SparseCodes.of(t, code);
    Twin coefficients = SparseCodes.coefficients(t, "coefficients", winners);
    Twin sums = t.bench().output(Shape.of(code.extent(1)));
    t.bench()
        .runSum(s -> s.backend().sparse().unitSums(s.of(winners), s.of(coefficients), s.of(sums)));
    t.assertSum(sums, code.size() / Math.max(1, code.extent(1)));
  }

  /** Of any coefficients, and of the winners' own values. */
  private static void scatter(Trial t) {
    Shape code = Shapes.code(t.choices());
    TwinWinners winners = SparseCodes.of(t, code);
    Twin coefficients = SparseCodes.coefficients(t, "coefficients", winners);
    Twin dense = t.bench().output(code);
    Twin values = t.bench().output(code);
    t.bench()
        .run(
            s -> {
              s.backend().sparse().scatter(s.of(winners), s.of(coefficients), s.of(dense));
              s.backend().sparse().scatter(s.of(winners), s.of(winners).values(), s.of(values));
            });
    t.assertExact(dense);
    t.assertExact(values);
  }

  private static void gather(Trial t) {
    TwinWinners winners = SparseCodes.of(t, Shapes.code(t.choices()));
    Twin coefficients = SparseCodes.coefficients(t, "coefficients", winners);
    t.bench().runSum(_ -> {});
    t.bench().assertSum(winners, coefficients, 0);
  }
}
