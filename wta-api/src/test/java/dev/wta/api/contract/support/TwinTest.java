package dev.wta.api.contract.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.backend.BackendOptions;
import dev.wta.api.reference.ReferenceBackendProvider;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The guards round a twin notice what strays. */
class TwinTest {
  private final TestBench bench =
      new TestBench(new ReferenceBackendProvider().open(BackendOptions.defaults()));

  @AfterEach
  void close() {
    bench.close();
  }

  private void fill(Tensor tensor) {
    bench.tested().memory().fill(tensor, 0);
  }

  private void assertCaught() {
    assertThatThrownBy(() -> bench.run(_ -> {})).isInstanceOf(AssertionError.class);
  }

  @Test
  void outputsMayBeWritten() {
    Twin output = bench.output(Shape.of(2, 3));
    assertThatCode(() -> bench.run(s -> s.backend().memory().fill(s.of(output), 1)))
        .doesNotThrowAnyException();
    assertThat(bench.download(output)).containsOnly(1);
  }

  @Test
  void writingBeforeIsCaught() {
    fill(bench.output(Shape.of(2, 3)).guarded().rows(16, 1));
    assertCaught();
  }

  @Test
  void writingAfterIsCaught() {
    fill(bench.state(Shape.of(2, 3), new float[6]).guarded().rows(17 + 6, 1));
    assertCaught();
  }

  @Test
  void writingToAnInputIsCaught() {
    Twin input = bench.input(Shape.of(2), 1, 2);
    fill(input.on(Side.Kind.TESTED).rows(1, 1));
    assertCaught();
  }

  @Test
  void writingAfterAnInputIsCaught() {
    fill(bench.input(Shape.of(2), 1, 2).guarded().rows(19, 1));
    assertCaught();
  }

  @Test
  void readingTooFarComesOutAsNaN() {
    Tensor guarded = bench.input(Shape.of(2), 1, 2).guarded();
    assertThat(bench.tested().dense().sum(guarded.rows(17, 2))).isEqualTo(3);
    assertThat(bench.tested().dense().sum(guarded.rows(17, 3))).isNaN();
    assertThat(bench.tested().dense().sum(guarded.rows(16, 3))).isNaN();
  }

  @Test
  void differencesAreCaught() {
    Twin output = bench.output(Shape.of(2));
    bench.run(s -> s.backend().memory().fill(s.of(output), 1));
    bench.assertExact(output);
    bench.tested().memory().fill(output.on(Side.Kind.TESTED).rows(1, 1), 1 + 0x1p-23f);
    assertThatThrownBy(() -> bench.assertExact(output))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("element 1");
    bench.assertWithin(output, expected -> Tolerance.relative(4, expected));
    assertThatThrownBy(
            () -> bench.assertWithin(output, expected -> Tolerance.relative(1, expected)))
        .isInstanceOf(AssertionError.class);
  }
}
