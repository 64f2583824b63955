package dev.wta.api.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.Backend;
import dev.wta.api.Memory;
import dev.wta.api.Shape;
import dev.wta.api.Tensor;
import java.util.Arrays;

/**
 * The same tensor on every side. On the tested backend it is a view into a longer vector, at an odd
 * offset, between guards: NaN before and after what is only read, so that reading too far shows in
 * the result, and a number before and after what is written, so that writing too far shows there.
 */
public final class Twin {
  private static final int BEFORE = 17;
  private static final int AFTER = 19;
  private static final float UNTOUCHED = 1.5e30f;

  private final Shape shape;
  private final boolean readOnly;
  private final float[] guarded;
  private final Memory testedMemory;
  private final Tensor whole;
  private final Tensor tested;
  private final Tensor reference;
  private final Tensor magnitude;

  Twin(
      Backend testedBackend,
      Memory referenceMemory,
      Shape shape,
      float[] values,
      boolean readOnly) {
    int size = Math.toIntExact(shape.size());
    this.shape = shape;
    this.readOnly = readOnly;
    this.testedMemory = testedBackend.memory();
    this.guarded = new float[BEFORE + size + AFTER];
    Arrays.fill(guarded, readOnly ? Float.NaN : UNTOUCHED);
    System.arraycopy(values, 0, guarded, BEFORE, size);
    this.whole = testedMemory.of(Shape.of(guarded.length), guarded);
    this.tested = whole.rows(BEFORE, size).reshape(shape);
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

  Tensor on(Side.Kind side) {
    return switch (side) {
      case TESTED -> tested;
      case REFERENCE -> reference;
      case MAGNITUDE -> magnitude;
    };
  }

  /** The tested backend's vector, guards included, that this is a view into. */
  Tensor guarded() {
    return whole;
  }

  /** The guards are as they were, and so is everything if this twin is an input. */
  void assertSurroundingsUntouched() {
    float[] now = testedMemory.download(whole);
    int to = readOnly ? guarded.length - AFTER : BEFORE;
    assertThat(Arrays.copyOf(now, to))
        .as(readOnly ? "an input (%s) and what lies before it" : "what lies before %s", shape)
        .isEqualTo(Arrays.copyOf(guarded, to));
    int after = guarded.length - AFTER;
    assertThat(Arrays.copyOfRange(now, after, now.length))
        .as("what lies after %s", shape)
        .isEqualTo(Arrays.copyOfRange(guarded, after, now.length));
  }

  void close() {
    whole.close();
    reference.close();
    magnitude.close();
  }
}
