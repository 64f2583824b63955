package dev.wta.api.contract.support;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;

/**
 * The same tensor on every side. On the tested backend it is a view into a longer vector, at an odd
 * offset, between guards: NaN before and after what is only read, so that reading too far shows in
 * the result, and a number before and after what is written, so that writing too far shows there.
 */
public final class Twin {
  private static final int AFTER = 19;
  private static final float UNTOUCHED = 1.5e30f;

  private final Shape shape;
  private final boolean readOnly;
  private final int before;
  private final float[] guarded;
  private final Guarded tested;
  private final Optional<Guarded> repeated;
  private final Tensor reference;
  private final Tensor magnitude;

  /** A longer vector on a backend of the tested kind, and the view into it that is the tensor. */
  private record Guarded(Memory memory, Tensor whole, Tensor view) {
    static Guarded of(Memory memory, float[] guarded, int before, Shape shape) {
      Tensor whole = memory.of(Shape.of(guarded.length), guarded);
      return new Guarded(
          memory, whole, whole.rows(before, Math.toIntExact(shape.size())).reshape(shape));
    }
  }

  /**
   * @param before the number of guards before the tensor, which decides how its memory is aligned
   */
  Twin(
      Memory testedMemory,
      Optional<Memory> repeatedMemory,
      Memory referenceMemory,
      int before,
      Shape shape,
      float[] values,
      boolean readOnly) {
    int size = Math.toIntExact(shape.size());
    this.shape = shape;
    this.readOnly = readOnly;
    this.before = before;
    this.guarded = new float[before + size + AFTER];
    Arrays.fill(guarded, readOnly ? Float.NaN : UNTOUCHED);
    System.arraycopy(values, 0, guarded, before, size);
    this.tested = Guarded.of(testedMemory, guarded, before, shape);
    this.repeated = repeatedMemory.map(memory -> Guarded.of(memory, guarded, before, shape));
    this.reference = referenceMemory.of(shape, values);
    float[] absolute = values.clone();
    for (int i = 0; i < absolute.length; i++) {
      absolute[i] = Math.abs(absolute[i]);
    }
    this.magnitude = referenceMemory.of(shape, absolute);
  }

  public Shape shape() {
    return shape;
  }

  public Tensor on(Side.Kind side) {
    return switch (side) {
      case TESTED -> tested.view();
      case REPEATED -> repeated.orElseThrow().view();
      case REFERENCE -> reference;
      case MAGNITUDE -> magnitude;
    };
  }

  /** The tested backend's vector, guards included, that this is a view into. */
  Tensor guarded() {
    return tested.whole();
  }

  /**
   * The guards are as they were, and so is everything if this twin is an input; what was written,
   * was written alike by all backends of the tested kind.
   */
  void assertSurroundingsUntouched() {
    float[] now = tested.memory().download(tested.whole());
    int to = readOnly ? guarded.length - AFTER : before;
    assertThat(Arrays.copyOf(now, to))
        .as(readOnly ? "an input (%s) and what lies before it" : "what lies before %s", shape)
        .isEqualTo(Arrays.copyOf(guarded, to));
    int after = guarded.length - AFTER;
    assertThat(Arrays.copyOfRange(now, after, now.length))
        .as("what lies after %s", shape)
        .isEqualTo(Arrays.copyOfRange(guarded, after, now.length));
    repeated.ifPresent(
        other ->
            assertThat(other.memory().download(other.whole()))
                .as("%s from another backend of the same kind", shape)
                .isEqualTo(now));
  }

  void close() {
    tested.whole().close();
    repeated.ifPresent(other -> other.whole().close());
    reference.close();
    magnitude.close();
  }
}
