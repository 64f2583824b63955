package dev.wta.backend.cuda.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Precision;
import dev.wta.api.random.Seed;
import dev.wta.api.reference.ReferenceBackendProvider;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.backend.cuda.CudaBackendProvider;
import dev.wta.backend.cuda.host.HostCuda;
import dev.wta.backend.cuda.kernel.KernelCache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Products by cuBLAS: its columns come first, long sums are cut, and bias and ReLU are ours. The
 * contract sees the products without cuBLAS.
 */
class CublasGemmTest {
  private HostCuda host;

  @BeforeEach
  void start() {
    host = HostCuda.orSkip();
    System.setProperty(KernelCache.PROPERTY, "off");
  }

  @AfterEach
  void forget() {
    System.clearProperty(CublasGemm.PROPERTY);
  }

  private Backend open() {
    return new CudaBackendProvider(host.searchWithCublas()).open(BackendOptions.defaults());
  }

  @ParameterizedTest(name = "{0}x{2} times {2}x{1}, transposed: {3}, {4}")
  @CsvSource({
    "5, 7, 3, false, false",
    "5, 7, 3, true, false",
    "5, 7, 3, false, true",
    "5, 7, 3, true, true",
    "1, 9, 4, false, true",
    "3, 4, 0, false, true",
    "2, 3, 5000, false, true",
    "2, 3, 5000, true, false",
    "4, 2, 4096, true, true"
  })
  void areTheReferences(int m, int n, int k, boolean transposeA, boolean transposeB) {
    try (Backend cuda = open();
        Backend reference = new ReferenceBackendProvider().open(BackendOptions.defaults())) {
      float[] expected = product(reference, m, n, k, transposeA, transposeB);
      long calls = host.calls("cublasGemmEx");
      float[] actual = product(cuda, m, n, k, transposeA, transposeB);
      assertThat(host.calls("cublasGemmEx") - calls).isEqualTo(Math.ceilDiv(k, 352));
      for (int i = 0; i < expected.length; i++) {
        assertThat(Math.abs(actual[i] - expected[i])).isLessThanOrEqualTo(1e-5f * (k + 1));
      }
    }
  }

  /** With alpha, beta, a bias and a ReLU. */
  private static float[] product(
      Backend backend, int m, int n, int k, boolean transposeA, boolean transposeB) {
    Tensor a = drawn(backend, "a", transposeA ? Shape.of(k, m) : Shape.of(m, k));
    Tensor b = drawn(backend, "b", transposeB ? Shape.of(n, k) : Shape.of(k, n));
    Tensor bias = drawn(backend, "bias", Shape.of(n));
    Tensor out = drawn(backend, "out", Shape.of(m, n));
    backend.dense().gemm(a, transposeA, b, transposeB, 0.5f, -2, Epilogue.biasRelu(bias), out);
    return backend.memory().download(out);
  }

  private static Tensor drawn(Backend backend, String use, Shape shape) {
    Tensor tensor = backend.memory().allocate(shape);
    backend.randomness().normal(Seed.of(3).stream(use), 0, 1, tensor);
    return tensor;
  }

  @Test
  void cublasCanBeLeftOut() {
    System.setProperty(CublasGemm.PROPERTY, "off");
    long calls = host.calls("cublasGemmEx");
    try (Backend cuda = open()) {
      product(cuda, 3, 4, 5, false, false);
    }
    assertThat(host.calls("cublasGemmEx")).isEqualTo(calls);
  }

  @Test
  void itsHandleIsGivenBack() {
    long held = host.held();
    try (Backend cuda = open()) {
      product(cuda, 3, 4, 5, false, false);
      assertThat(host.held()).isGreaterThan(held);
    }
    assertThat(host.held()).isEqualTo(held);
  }

  @Test
  void withoutCublasThereIsFloat32Alone() {
    try (Backend cuda = new CudaBackendProvider(host.search()).open(BackendOptions.defaults())) {
      assertThat(cuda.withPrecision(Precision.FLOAT32)).isSameAs(cuda);
      assertThatThrownBy(() -> cuda.withPrecision(Precision.BF16))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("backend 'cuda' has no products in bf16 without cuBLAS")
          .hasMessageContaining("looked for libcublas.so.13")
          .hasMessageContaining("pip install nvidia-cublas");
    }
  }

  @Test
  void aViewIsOfTheWholeBackend() {
    try (Backend cuda = open()) {
      Backend view = cuda.withPrecision(Precision.TF32);
      assertThat(view.withPrecision(Precision.FLOAT32)).isSameAs(cuda);
      assertThat(view.memory()).isSameAs(cuda.memory());
      view.close(); // closes nothing
      assertThat(product(cuda, 3, 4, 5, false, false)).hasSize(12);
    }
  }

  /** In bfloat16 what a sum may err is small beside what rounding takes. */
  @Test
  void longSumsOfRoundedOperandsAreNotCut() {
    try (Backend cuda = open()) {
      long calls = host.calls("cublasGemmEx");
      product(cuda.withPrecision(Precision.BF16), 2, 3, 5000, false, false);
      assertThat(host.calls("cublasGemmEx") - calls).isEqualTo(1);
      product(cuda.withPrecision(Precision.TF32), 2, 3, 5000, false, false);
      assertThat(host.calls("cublasGemmEx") - calls).isEqualTo(1 + Math.ceilDiv(5000, 352));
    }
  }
}
