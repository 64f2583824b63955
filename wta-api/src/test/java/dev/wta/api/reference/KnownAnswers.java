package dev.wta.api.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;

/**
 * A reference backend, and words for small cases worked out by hand: the reference is what other
 * backends are held to, so this is what holds the reference.
 */
abstract class KnownAnswers {
  protected final Backend backend = new ReferenceBackendProvider().open(BackendOptions.defaults());

  @AfterEach
  void close() {
    backend.close();
  }

  protected Tensor tensor(Shape shape, float... values) {
    return backend.memory().of(shape, values);
  }

  protected Tensor vector(float... values) {
    return tensor(Shape.of(values.length), values);
  }

  /** An output: zeros that the operation overwrites. */
  protected Tensor output(int... extents) {
    return backend.memory().allocate(Shape.of(extents));
  }

  protected void assertHolds(Tensor tensor, float... expected) {
    assertThat(backend.memory().download(tensor)).containsExactly(expected, Offset.offset(1e-6f));
  }

  protected Winners select(Tensor activations, SelectionRule rule) {
    Shape code = activations.shape();
    Winners winners = backend.memory().allocateWinners(code, rule.capacity(code));
    backend.selection().select(activations, rule, winners);
    return winners;
  }

  /** The winners as a dense code: zero where nobody won. */
  protected void assertWinners(Winners winners, float... expected) {
    Tensor code = backend.memory().allocate(winners.code());
    backend.sparse().scatter(winners, winners.values(), code);
    assertHolds(code, expected);
  }

  protected Winners winners(Shape code, int[] samples, int[] units, int[] positions) {
    float[] ones = new float[samples.length];
    Arrays.fill(ones, 1);
    Winners winners = backend.memory().allocateWinners(code, samples.length);
    backend.memory().upload(new WinnerList(samples, units, positions, ones), winners);
    return winners;
  }
}
