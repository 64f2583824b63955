package dev.wta.api.contract.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.contract.support.Side;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/** Random cases of {@link Memory}; uploads of winners are among those of {@link SparseCases}. */
final class MemoryCases {
  private MemoryCases() {}

  static List<Operation> all() {
    return List.of(
        Operation.of("copy", MemoryCases::copy),
        Operation.of("fill", MemoryCases::fill),
        Operation.of("upload", MemoryCases::upload));
  }

  private static void copy(Trial t) {
    Shape shape = Shapes.tensor(t.choices());
    Twin source = t.input("source", shape);
    Twin target = t.bench().output(Shape.of((int) shape.size()));
    t.bench().run(s -> s.backend().memory().copy(s.of(source), s.of(target)));
    t.assertExact(target);
  }

  private static void fill(Trial t) {
    Twin target = t.bench().output(Shapes.tensor(t.choices()));
    float value = t.values("value", Shape.of(1), Data.ALL)[0];
    t.bench().run(s -> s.backend().memory().fill(s.of(target), value));
    t.assertExact(target);
  }

  /** From the middle of an array, and back into the middle of another. */
  private static void upload(Trial t) {
    Shape shape = Shapes.tensor(t.choices());
    int size = (int) shape.size();
    int offset = t.choices().between("offset", 0, 9);
    float[] source = t.values("source", Shape.of(size + 20), Data.ALL);
    Twin target = t.bench().output(shape);
    t.bench().run(s -> s.backend().memory().upload(source, offset, s.of(target)));
    float[] back = new float[size + 20];
    t.bench().tested().memory().download(target.on(Side.Kind.TESTED), back, offset);
    float[] expected = new float[size + 20];
    System.arraycopy(source, offset, expected, offset, size);
    assertThat(Arrays.equals(back, expected)).as("what came back is what was uploaded").isTrue();
  }
}
