package dev.wta.backend.cuda.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.op.Dense.Unary;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.backend.cuda.CudaBackendProvider;
import dev.wta.backend.cuda.host.HostCuda;
import dev.wta.backend.cuda.host.HostCuda.Early;
import dev.wta.backend.cuda.kernel.KernelCache;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Uploads while kernels run: nobody reads numbers before they are there, or writes over what is
 * still to be read, whichever of the two streams is ahead.
 */
class UploadsTest {
  private HostCuda host;

  @BeforeEach
  void start() {
    host = HostCuda.orSkip();
    System.setProperty(KernelCache.PROPERTY, "off");
  }

  @AfterEach
  void forget() {
    if (host != null) {
      host.runEarly(Early.NOTHING);
    }
  }

  private Backend open(Early early) {
    host.runEarly(early);
    return new CudaBackendProvider(host.search()).open(BackendOptions.defaults());
  }

  @ParameterizedTest
  @EnumSource
  void batchesArriveInTurn(Early early) {
    try (Backend backend = open(early);
        Tensor batch = backend.memory().allocate(Shape.of(50));
        Tensor sum = backend.memory().allocate(Shape.of(50))) {
      float[] numbers = new float[50];
      for (int step = 1; step <= 30; step++) {
        Arrays.fill(numbers, step);
        backend.memory().upload(numbers, 0, batch);
        Arrays.fill(numbers, Float.NaN); // the array is the caller's again
        backend.dense().axpy(1, batch, sum);
      }
      assertThat(backend.memory().download(sum)).containsOnly(30 * 31 / 2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void largeArraysPassInPieces(Early early) {
    int size = (17 << 20) / Float.BYTES;
    float[] numbers = new float[size];
    for (int i = 0; i < size; i++) {
      numbers[i] = i;
    }
    float[] expected = numbers.clone();
    try (Backend backend = open(early);
        Tensor tensor = backend.memory().allocate(Shape.of(size))) {
      backend.memory().upload(numbers, 0, tensor);
      Arrays.fill(numbers, Float.NaN);
      assertThat(Arrays.equals(backend.memory().download(tensor), expected)).isTrue();
    }
  }

  /** The memory of a tensor that is closed may be an upload's next target. */
  @ParameterizedTest
  @EnumSource
  void whatIsStillToBeReadIsNotWrittenOver(Early early) {
    try (Backend backend = open(early);
        Tensor out = backend.memory().allocate(Shape.of(3))) {
      Tensor first = backend.memory().of(Shape.of(3), 1, 2, 3);
      backend.dense().map(Unary.SQUARE, first, out);
      first.close();
      Tensor second = backend.memory().of(Shape.of(3), 7, 8, 9);
      assertThat(backend.memory().download(out)).containsExactly(1, 4, 9);
      assertThat(backend.memory().download(second)).containsExactly(7, 8, 9);
    }
  }

  /** Or it becomes what uploads pass through. */
  @ParameterizedTest
  @EnumSource
  void stagingTakesMemoryThatIsStillToBeRead(Early early) {
    try (Backend backend = open(early)) {
      Shape large = Shape.of(1 << 20);
      Tensor read = backend.memory().allocate(large);
      Tensor copy = backend.memory().allocate(large);
      backend.memory().fill(read, 5);
      backend.memory().copy(read, copy);
      read.close();
      Tensor small = backend.memory().of(Shape.of(2), 1, 2);
      assertThat(backend.memory().download(copy)).containsOnly(5);
      assertThat(backend.memory().download(small)).containsExactly(1, 2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void closingWaitsForThem(Early early) {
    long before = host.held();
    long corruptions = host.corruptions();
    try (Backend backend = open(early)) {
      backend.memory().of(Shape.of(2), 1, 2);
    }
    assertThat(host.held()).isEqualTo(before);
    assertThat(host.corruptions()).isEqualTo(corruptions);
  }
}
