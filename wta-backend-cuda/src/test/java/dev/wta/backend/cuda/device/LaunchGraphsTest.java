package dev.wta.backend.cuda.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.op.Dense.Binary;
import dev.wta.api.op.Dense.Unary;
import dev.wta.api.op.Epilogue;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.backend.cuda.CudaBackend;
import dev.wta.backend.cuda.CudaBackendProvider;
import dev.wta.backend.cuda.binding.CudaException;
import dev.wta.backend.cuda.binding.LibrarySearch;
import dev.wta.backend.cuda.host.HostCuda;
import dev.wta.backend.cuda.kernel.Kernel;
import dev.wta.backend.cuda.kernel.KernelCache;
import dev.wta.backend.cuda.kernel.KernelImages;
import dev.wta.backend.cuda.kernel.Kernels;
import dev.wta.backend.cuda.kernel.Launch;
import dev.wta.backend.cuda.memory.CudaMemory;
import dev.wta.backend.cuda.memory.CudaTensor;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is put on the stream between two waits is recorded and launched as one graph. */
class LaunchGraphsTest {
  private static final int INVALID_VALUE = 1;
  private static final int OUT_OF_MEMORY = 2;
  private static final int LAUNCH_FAILED = 719;
  private static final int CAPTURE_INVALIDATED = 901;
  private static final int CANNOT_BE_UPDATED = 910;
  private static final List<String> CALLS =
      List.of(
          "cuStreamBeginCapture",
          "cuStreamEndCapture",
          "cuGraphDestroy",
          "cuGraphInstantiate",
          "cuGraphExecUpdate",
          "cuGraphLaunch",
          "cuLaunchKernel");

  private HostCuda host;
  private CudaBackend backend;
  private Tensor x;
  private Tensor out;

  @BeforeEach
  void start() {
    host = HostCuda.orSkip();
    System.setProperty(KernelCache.PROPERTY, "off");
    System.setProperty(Launches.PROPERTY, "on");
    open(host.search());
  }

  @AfterEach
  void forget() {
    System.clearProperty(Launches.PROPERTY);
    if (host != null) {
      backend.close();
      CALLS.forEach(host::work);
    }
  }

  private void open(LibrarySearch search) {
    backend = (CudaBackend) new CudaBackendProvider(search).open(BackendOptions.defaults());
    x = backend.memory().of(Shape.of(3), 1, 2, 3);
    out = backend.memory().allocate(Shape.of(3));
    try (Tensor other = backend.memory().allocate(Shape.of(3))) {
      launchStep(other, out, 1); // kernels are loaded, which ends a recording
    }
    backend.memory().synchronise();
  }

  /** Five kernels: {@code out = factor * x^2 + x}, and {@code x += 1}. */
  private void launchStep(Tensor from, Tensor to, float factor) {
    backend.dense().map(Unary.SQUARE, from, to);
    backend.dense().affine(factor, to, 0, to);
    backend.dense().zip(Binary.ADD, to, from, to);
    backend.dense().affine(1, from, 1, from);
    backend.dense().map(Unary.ABS, from, from);
  }

  private void step(float factor) {
    launchStep(x, out, factor);
    backend.memory().synchronise();
  }

  private long calls(String call) {
    return host.calls(call);
  }

  @Test
  void aStepIsOneLaunch() {
    step(1);
    long made = calls("cuGraphInstantiate");
    long launches = calls("cuGraphLaunch");
    for (int time = 0; time < 9; time++) {
      step(1);
    }
    assertThat(calls("cuGraphLaunch") - launches).isEqualTo(9);
    assertThat(calls("cuGraphInstantiate")).isEqualTo(made);
    assertThat(backend.memory().download(x)).containsExactly(11, 12, 13);
    assertThat(backend.memory().download(out)).containsExactly(110, 132, 156);
  }

  @Test
  void argumentsThatHaveChangedArrive() {
    for (int time = 0; time < 5; time++) {
      step(1);
    }
    step(10); // x is 6, 7, 8
    assertThat(backend.memory().download(out)).containsExactly(366, 497, 648);
    step(1);
    assertThat(backend.memory().download(out)).containsExactly(56, 72, 90);
  }

  /** A launch that is under way keeps the arguments that it was given. */
  @Test
  void stepsThatWaitForEachOtherKeepTheirArguments() {
    try (Tensor other = backend.memory().allocate(Shape.of(1))) {
      for (int time = 0; time < 6; time++) {
        launchStep(x, out, time);
        backend.memory().upload(new float[] {time}, 0, other); // which waits for nothing
      }
    }
    assertThat(backend.memory().download(out)).containsExactly(186, 252, 328);
  }

  @Test
  void otherTensorsAndGridsArrive() {
    step(1);
    Shape large = Shape.of(1000);
    try (Tensor from = backend.memory().allocate(large);
        Tensor to = backend.memory().allocate(large)) {
      backend.memory().fill(from, 3);
      backend.memory().synchronise();
      long made = calls("cuGraphInstantiate");
      launchStep(from, to, 2);
      backend.memory().synchronise();
      assertThat(calls("cuGraphInstantiate")).isEqualTo(made);
      assertThat(backend.memory().download(to)).containsOnly(21);
    }
    step(1); // x is 2, 3, 4
    assertThat(backend.memory().download(out)).containsExactly(6, 12, 20);
  }

  /** No operation changes its grid and no argument; the graph is updated all the same. */
  @Test
  void aGridAloneArrives() {
    Installation installation = Installation.find(host.search());
    Device device = new Device(installation.driver(), 0);
    KernelImages images =
        new KernelImages(
            installation.nvrtc(),
            KernelCache.ofUser(),
            device.capability(),
            device.driverVersion());
    Kernels kernels = new Kernels(device, images);
    CudaMemory memory = new CudaMemory(device, kernels);
    CudaTensor tensor = memory.allocate(Shape.of(2 * Launch.BLOCK));
    float[] numbers = new float[2 * Launch.BLOCK];
    for (int blocks : new int[] {1, 1, 1, 1, 2}) {
      for (int i = 0; i < 4; i++) {
        kernels
            .launch(Kernel.FILL)
            .integer(Float.floatToRawIntBits(7))
            .tensor(tensor)
            .whole(numbers.length)
            .blocks(blocks);
      }
      memory.download(tensor, numbers, 0);
      assertThat(numbers[Launch.BLOCK - 1]).isEqualTo(7);
      assertThat(numbers[Launch.BLOCK]).isEqualTo(blocks == 1 ? 0 : 7);
    }
    device.launches().close();
    memory.close();
    kernels.close();
    device.close();
  }

  /** cuBLAS puts its kernels on the same stream. */
  @Test
  void productsAreInTheGraph() {
    backend.close();
    open(host.searchWithCublas());
    try (Tensor a = backend.memory().of(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
        Tensor b = backend.memory().of(Shape.of(3, 2), 1, 0, 0, 1, 1, 1);
        Tensor c = backend.memory().allocate(Shape.of(2, 2))) {
      backend.memory().synchronise();
      multiply(a, b, c); // cuBLAS is opened
      multiply(a, b, c);
      long made = calls("cuGraphInstantiate");
      long launches = calls("cuGraphLaunch");
      for (int time = 0; time < 3; time++) {
        multiply(a, b, c);
      }
      assertThat(calls("cuGraphLaunch") - launches).isEqualTo(3);
      assertThat(calls("cuGraphInstantiate")).isEqualTo(made);
      assertThat(backend.memory().download(c)).containsExactly(14, 15, 20, 21); // a is 6 to 11
    }
  }

  private void multiply(Tensor a, Tensor b, Tensor c) {
    backend.dense().affine(1, a, 1, a);
    backend.dense().gemm(a, false, b, false, 1, 0, Epilogue.NONE, c);
    backend.dense().map(Unary.ABS, c, c);
    backend.dense().affine(1, c, 0, c);
    backend.memory().synchronise();
  }

  @Test
  void byDefaultThereAreNone() {
    backend.close();
    System.clearProperty(Launches.PROPERTY);
    open(host.search());
    long recordings = calls("cuStreamBeginCapture");
    for (int time = 0; time < 5; time++) {
      long launches = calls("cuLaunchKernel");
      launchStep(x, out, 1);
      assertThat(calls("cuLaunchKernel") - launches).as("at once").isEqualTo(5);
    }
    assertThat(calls("cuStreamBeginCapture")).isEqualTo(recordings);
  }

  /** As where cuBLAS takes another kernel for the same product. */
  @Test
  void aGraphThatCannotBeUpdatedIsMadeAnew() {
    step(1);
    long made = calls("cuGraphInstantiate");
    long destroyed = calls("cuGraphExecDestroy");
    host.fail("cuGraphExecUpdate", CANNOT_BE_UPDATED, 0, 1);
    step(1);
    step(1);
    assertThat(calls("cuGraphInstantiate") - made).isEqualTo(1);
    assertThat(calls("cuGraphExecDestroy") - destroyed).isEqualTo(1);
    assertThat(backend.memory().download(out)).containsExactly(12, 20, 30);
  }

  @Test
  void graphsThatAreNotUsedForLongAreDestroyed() {
    launchSequences(1, 64);
    long destroyed = calls("cuGraphExecDestroy");
    launchSequences(65, 70);
    assertThat(calls("cuGraphExecDestroy") - destroyed).isEqualTo(6);
    assertThat(backend.memory().download(x)).containsExactly(1, 2, 3);
  }

  /** Sequences of so many kernels, and more by one each. */
  private void launchSequences(int fewest, int most) {
    for (int length = fewest; length <= most; length++) {
      for (int i = 0; i < length; i++) {
        backend.dense().map(Unary.RELU, x, x);
      }
      backend.memory().synchronise();
    }
  }

  @Test
  void closingGivesGraphsBack() {
    long corruptions = host.corruptions();
    backend.close();
    long before = host.held();
    open(host.search());
    for (int time = 0; time < 4; time++) {
      step(1);
    }
    launchStep(x, out, 1);
    backend.memory().upload(new float[] {1, 2, 3}, 0, x); // so that the graph is under way
    launchStep(x, out, 1); // waits, and is forgotten
    backend.close();
    assertThat(host.held()).isEqualTo(before);
    assertThat(host.corruptions()).isEqualTo(corruptions);
  }

  @Test
  void aLaunchThatFailsIsNamed() {
    host.fail("cuLaunchKernel", LAUNCH_FAILED, 1, 1);
    assertThatThrownBy(() -> launchStep(x, out, 1))
        .isInstanceOf(CudaException.class)
        .hasMessageContaining("cuLaunchKernel of affine")
        .hasMessageContaining("719");
    assertThatThrownBy(() -> backend.memory().download(x))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("lost by an earlier fault");
  }

  /** What was recorded before the launch that failed is started. */
  @Test
  void afterALaunchThatFailedOthersGoOn() {
    step(1);
    host.fail("cuLaunchKernel", INVALID_VALUE, 4, 1);
    assertThatThrownBy(() -> launchStep(x, out, 1)).isInstanceOf(CudaException.class);
    assertThat(backend.memory().download(out)).containsExactly(6, 12, 20); // of x = 2, 3, 4
    step(1);
    assertThat(backend.memory().download(x)).containsExactly(4, 5, 6);
  }

  @Test
  void aRecordingThatIsLostRetiresTheDevice() {
    launchStep(x, out, 1);
    host.fail("cuStreamEndCapture", CAPTURE_INVALIDATED, 0, 1);
    assertThatThrownBy(() -> backend.memory().synchronise())
        .isInstanceOf(CudaException.class)
        .hasMessageContaining("cuStreamEndCapture");
    assertThatThrownBy(() -> backend.memory().download(x))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("lost by an earlier fault");
  }

  @Test
  void aGraphThatFailsNamesItsKernels() {
    step(1);
    host.fail("cuGraphLaunch", LAUNCH_FAILED, 0, 1);
    assertThatThrownBy(() -> step(1))
        .isInstanceOf(CudaException.class)
        .hasMessageContaining("cuGraphLaunch of 5 launches from mapElements to mapElements")
        .hasMessageContaining("wta.cuda.graphs=off");
    assertThatThrownBy(() -> step(1))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("lost by an earlier fault");
  }

  @Test
  void withoutRoomForAnotherGraphTheOthersAreDestroyed() {
    launchSequences(1, 3);
    long held = host.held();
    host.fail("cuGraphInstantiate", OUT_OF_MEMORY, 0, 1);
    step(1);
    assertThat(host.held()).isLessThan(held);
    assertThat(backend.memory().download(x)).containsExactly(2, 3, 4);
  }

  @Test
  void withoutRoomForAnyGraphTheRemedyIsNamed() {
    host.fail("cuGraphInstantiate", OUT_OF_MEMORY, 0, 2);
    assertThatThrownBy(() -> step(1))
        .isInstanceOf(CudaException.class)
        .hasMessageContaining("cuGraphInstantiate of 5 launches from mapElements")
        .hasMessageContaining("wta.cuda.graphs=off");
    assertThatThrownBy(() -> step(1)).hasMessageContaining("lost by an earlier fault");
  }
}
