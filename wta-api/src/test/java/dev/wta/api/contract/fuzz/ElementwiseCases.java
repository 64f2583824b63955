package dev.wta.api.contract.fuzz;

import dev.wta.api.contract.support.Tolerance;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.op.Dense.Binary;
import dev.wta.api.op.Dense.Unary;
import dev.wta.api.tensor.Shape;
import java.util.List;

/** Random cases of the dense operations that treat each element by itself, also in place. */
final class ElementwiseCases {
  private static final List<Float> FACTORS =
      List.of(1f, 0f, -1f, 2f, 0.5f, -1.7f, 1e-3f, 3e4f, 1e-40f, 1e30f);

  private ElementwiseCases() {}

  static List<Operation> all() {
    return List.of(
        Operation.of("transpose", ElementwiseCases::transpose),
        new Operation("map", 2, ElementwiseCases::map),
        new Operation("zip", 2, ElementwiseCases::zip),
        Operation.of("zipRow", ElementwiseCases::zipRow),
        Operation.of("zipColumn", ElementwiseCases::zipColumn),
        Operation.of("affine", ElementwiseCases::affine),
        Operation.of("clip", ElementwiseCases::clip),
        Operation.of("axpy", ElementwiseCases::axpy));
  }

  private static void transpose(Trial t) {
    Shape shape = Shapes.tensor(t.choices());
    Twin x = t.input("x", shape);
    Twin out = t.bench().output(Shape.of(shape.rowSize(), shape.rows()));
    t.bench().run(s -> s.backend().dense().transpose(s.of(x), s.of(out)));
    t.assertExact(out);
  }

  private static void map(Trial t) {
    Unary f = t.choices().pick("f", List.of(Unary.values()));
    Shape shape = Shapes.tensor(t.choices());
    Operands operands = Operands.of(t, "x", shape, t.choices().flag("inPlace"));
    t.bench().run(s -> s.backend().dense().map(f, s.of(operands.input()), s.of(operands.output())));
    t.assertWithin(operands.output(), expected -> Tolerance.of(f, expected));
  }

  private static void zip(Trial t) {
    Binary f = t.choices().pick("f", List.of(Binary.values()));
    Shape shape = Shapes.tensor(t.choices());
    int inPlace = t.choices().pick("inPlace", List.of(0, 0, 1, 2));
    Operands first = Operands.of(t, "x", shape, inPlace == 1);
    boolean same =
        f != Binary.SIGMOID_GRADIENT && t.choices().pick("same", List.of(0, 0, 0, 1)) == 1;
    Twin y;
    Twin out = first.output();
    if (same) {
      y = first.input();
    } else if (inPlace == 2) {
      y = t.bench().state(shape, t.values("y", shape, second(f)));
      out = y;
    } else {
      y = t.input("y", shape, second(f));
    }
    Twin target = out;
    t.bench().run(s -> s.backend().dense().zip(f, s.of(first.input()), s.of(y), s.of(target)));
    t.assertNear(target, zipTolerance(t, f, target));
  }

  private static void zipRow(Trial t) {
    Binary f = t.choices().pick("f", List.of(Binary.values()));
    Shape shape = Shapes.tensor(t.choices());
    Operands x = Operands.of(t, "x", shape, t.choices().flag("inPlace"));
    Twin row = t.input("row", Shape.of(shape.rowSize()), second(f));
    t.bench().run(s -> s.backend().dense().zipRow(f, s.of(x.input()), s.of(row), s.of(x.output())));
    t.assertNear(x.output(), zipTolerance(t, f, x.output()));
  }

  private static void zipColumn(Trial t) {
    Binary f = t.choices().pick("f", List.of(Binary.values()));
    Shape shape = Shapes.tensor(t.choices());
    Operands x = Operands.of(t, "x", shape, t.choices().flag("inPlace"));
    Twin column = t.input("column", Shape.of(shape.rows()), second(f));
    t.bench()
        .run(
            s -> s.backend().dense().zipColumn(f, s.of(x.input()), s.of(column), s.of(x.output())));
    t.assertNear(x.output(), zipTolerance(t, f, x.output()));
  }

  /** What a sigmoid puts out lies between 0 and 1. */
  private static List<Data> second(Binary f) {
    return f == Binary.SIGMOID_GRADIENT ? Data.NOT_NEGATIVE : Data.ALL;
  }

  private static java.util.function.IntToDoubleFunction zipTolerance(Trial t, Binary f, Twin out) {
    float[] expected = t.bench().expected(out);
    return i -> Float.isInfinite(expected[i]) ? 0 : Tolerance.of(f, expected[i]);
  }

  private static void affine(Trial t) {
    Shape shape = Shapes.tensor(t.choices());
    float scale = t.choices().pick("scale", FACTORS);
    float shift = t.choices().pick("shift", FACTORS);
    Operands x = Operands.of(t, "x", shape, t.choices().flag("inPlace"));
    t.bench()
        .runSum(
            s ->
                s.backend()
                    .dense()
                    .affine(s.of(scale), s.of(x.input()), s.of(shift), s.of(x.output())));
    t.assertSum(x.output(), 2);
  }

  private static void clip(Trial t) {
    Shape shape = Shapes.tensor(t.choices());
    float low = t.choices().pick("low", List.of(0f, -0.5f, 1f, Float.NEGATIVE_INFINITY, 1e-40f));
    float high = t.choices().pick("high", List.of(1f, 0f, 2.5f, Float.POSITIVE_INFINITY, 1e30f));
    Operands x = Operands.of(t, "x", shape, t.choices().flag("inPlace"));
    t.bench().run(s -> s.backend().dense().clip(s.of(x.input()), low, high, s.of(x.output())));
    t.assertExact(x.output());
  }

  private static void axpy(Trial t) {
    Shape shape = Shapes.tensor(t.choices());
    float alpha = t.choices().pick("alpha", FACTORS);
    Twin y = t.state("y", shape);
    Twin x = t.choices().pick("same", List.of(0, 0, 0, 1)) == 1 ? y : t.input("x", shape);
    t.bench().runSum(s -> s.backend().dense().axpy(s.of(alpha), s.of(x), s.of(y)));
    t.assertSum(y, 2);
  }

  /** An input and an output, which may be the same. */
  private record Operands(Twin input, Twin output) {
    static Operands of(Trial t, String name, Shape shape, boolean inPlace) {
      if (inPlace) {
        Twin state = t.state(name, shape);
        return new Operands(state, state);
      }
      return new Operands(t.input(name, shape), t.bench().output(shape));
    }
  }
}
