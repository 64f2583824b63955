package dev.wta.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In an inference context a row's bits depend on neither its batch nor frozen weights. */
class InferenceContextTest {
  private static final int BATCH = 40;

  /** Terms of a product at a width that the machine lacks: more than a block of them. */
  private static final int MOST_EMULATED = 900;

  private final Backend backend = Backends.named("cpu", BackendOptions.defaults().withThreads(2));
  private final Backend context = backend.inferenceContext(1).orElseThrow();

  @AfterEach
  void close() {
    context.close();
    backend.close();
  }

  private Tensor normal(String use, int... extents) {
    Tensor tensor = backend.memory().allocate(Shape.of(extents));
    backend.randomness().normal(Seed.of(1).stream(use), 0, 1, tensor);
    return tensor;
  }

  @ParameterizedTest
  @CsvSource({"70, 5", "128, 264", "300, 265", "513, 784", "2100, 3100", "7, 900"})
  void productsOfFewRowsAreThoseOfMany(int units, int fullDepth) {
    int depth = Emulation.isOn() ? Math.min(fullDepth, MOST_EMULATED) : fullDepth;
    try (Tensor x = normal("x", BATCH, depth);
        Tensor weights = normal("weights", units, depth);
        Tensor bias = normal("bias", units);
        Tensor before = normal("before", BATCH, units);
        Tensor together = backend.memory().allocate(Shape.of(BATCH, units));
        Tensor alone = backend.memory().allocate(Shape.of(BATCH, units))) {
      Dense dense = context.dense();
      Epilogue epilogue = Epilogue.biasRelu(bias);
      backend.memory().copy(before, together);
      dense.gemm(x, false, weights, true, 0.7f, 0.3f, epilogue, together);
      float[] expected = backend.memory().download(together);
      for (int rows : new int[] {1, 3, 8, 20}) {
        for (int pass = 0; pass < 2; pass++) { // the second one with frozen weights
          backend.memory().copy(before, alone);
          for (int i = 0; i < BATCH; i += rows) {
            int count = Math.min(rows, BATCH - i);
            dense.gemm(
                x.rows(i, count), false, weights, true, 0.7f, 0.3f, epilogue, alone.rows(i, count));
          }
          assertThat(backend.memory().download(alone)).isEqualTo(expected);
          context.memory().freeze(weights);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"70, 5, 4", "300, 265, 20", "513, 784, 32"})
  void winnersOfASampleAreThoseInABatch(int units, int depth, int k) {
    SelectionRule rule = new SelectionRule.PerSample(k);
    try (Tensor x = normal("x", BATCH, depth);
        Tensor weights = normal("weights", units, depth);
        Tensor bias = normal("bias", units);
        Winners together = backend.memory().allocateWinners(Shape.of(BATCH, units), BATCH * k);
        Winners alone = backend.memory().allocateWinners(Shape.of(1, units), k);
        Tensor all = backend.memory().allocate(Shape.of(BATCH, units));
        Tensor one = backend.memory().allocate(Shape.of(1, units))) {
      backend.selection().encodeWinners(x, weights, Optional.empty(), bias, rule, together);
      backend.sparse().scatter(together, together.values(), all);
      for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < BATCH; i++) {
          context
              .selection()
              .encodeWinners(x.rows(i, 1), weights, Optional.empty(), bias, rule, alone);
          context.sparse().scatter(alone, alone.values(), one);
          assertThat(backend.memory().download(one))
              .isEqualTo(backend.memory().download(all.rows(i, 1)));
        }
        context.memory().freeze(weights);
      }
    }
  }

  /** A view of another shape has no use for the form that was kept. */
  @Test
  void viewsOfFrozenWeightsMultiplyRightly() {
    try (Tensor x = normal("x", 1, 100);
        Tensor weights = normal("weights", 300, 200);
        Tensor out = backend.memory().allocate(Shape.of(1, 600));
        Tensor expected = backend.memory().allocate(Shape.of(1, 600));
        Tensor part = backend.memory().allocate(Shape.of(1, 100));
        Tensor wide = normal("wide", 1, 200);
        Tensor whole = backend.memory().allocate(Shape.of(1, 300))) {
      Tensor other = weights.reshape(Shape.of(600, 100));
      context.dense().gemm(x, false, other, true, 1, 0, Epilogue.NONE, expected);
      context.memory().freeze(weights);
      context.dense().gemm(wide, false, weights, true, 1, 0, Epilogue.NONE, whole);
      context.dense().gemm(x, false, other, true, 1, 0, Epilogue.NONE, out);
      assertThat(backend.memory().download(out)).isEqualTo(backend.memory().download(expected));
      context.dense().gemm(x, false, other.rows(500, 100), true, 1, 0, Epilogue.NONE, part);
      float[] last = new float[100];
      System.arraycopy(backend.memory().download(expected), 500, last, 0, 100);
      assertThat(backend.memory().download(part)).isEqualTo(last);
    }
  }

  @Test
  void closingAContextLeavesTheMemoryOpen() {
    Tensor tensor = normal("x", 3);
    Backend other = backend.inferenceContext(8).orElseThrow();
    other.close();
    assertThat(tensor.isOpen()).isTrue();
    assertThat(other.device()).contains("2 threads");
    backend.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> context.memory().allocate(Shape.of(1)))
        .withMessageContaining("the backend is closed");
  }
}
