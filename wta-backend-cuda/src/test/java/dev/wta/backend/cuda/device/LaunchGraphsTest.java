package dev.wta.backend.cuda.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.op.Dense.Binary;
import dev.wta.api.op.Dense.Unary;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.backend.cuda.CudaBackend;
import dev.wta.backend.cuda.CudaBackendProvider;
import dev.wta.backend.cuda.binding.CudaException;
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

/** Kernels that come again in the same order are launched as one graph, with what has changed. */
class LaunchGraphsTest {
  private static final int INVALID_VALUE = 1;
  private static final int OUT_OF_MEMORY = 2;
  private static final int LAUNCH_FAILED = 719;
  private static final List<String> GRAPH_CALLS =
      List.of(
          "cuGraphCreate",
          "cuGraphAddKernelNode",
          "cuGraphDestroy",
          "cuGraphInstantiate",
          "cuGraphExecKernelNodeSetParams",
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
    open();
  }

  @AfterEach
  void forget() {
    System.clearProperty(Launches.PROPERTY);
    if (host != null) {
      backend.close();
      GRAPH_CALLS.forEach(host::work);
    }
  }

  private void open() {
    backend = (CudaBackend) new CudaBackendProvider(host.search()).open(BackendOptions.defaults());
    x = backend.memory().of(Shape.of(3), 1, 2, 3);
    out = backend.memory().allocate(Shape.of(3));
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
  void fromTheThirdTimeOnAStepIsOneLaunch() {
    long launches = calls("cuLaunchKernel");
    long graphs = calls("cuGraphInstantiate");
    long graphLaunches = calls("cuGraphLaunch");
    step(1);
    step(1);
    assertThat(calls("cuLaunchKernel") - launches).isEqualTo(10);
    for (int time = 0; time < 8; time++) {
      step(1);
    }
    assertThat(calls("cuLaunchKernel") - launches).isEqualTo(10);
    assertThat(calls("cuGraphLaunch") - graphLaunches).isEqualTo(8);
    assertThat(calls("cuGraphInstantiate") - graphs).isEqualTo(1);
    assertThat(backend.memory().download(x)).containsExactly(11, 12, 13);
    assertThat(backend.memory().download(out)).containsExactly(110, 132, 156);
  }

  @Test
  void onlyChangesAreSentAndTheyArrive() {
    for (int time = 0; time < 4; time++) {
      step(1);
    }
    for (int time = 0; time < 8; time++) { // others, which leave addresses where integers are
      backend.memory().copy(out, out);
    }
    backend.memory().synchronise();
    long changes = calls("cuGraphExecKernelNodeSetParams");
    step(1);
    assertThat(calls("cuGraphExecKernelNodeSetParams")).isEqualTo(changes);
    step(10); // x is 6, 7, 8
    assertThat(calls("cuGraphExecKernelNodeSetParams")).isEqualTo(changes + 1);
    assertThat(backend.memory().download(out)).containsExactly(366, 497, 648);
    step(1);
    assertThat(calls("cuGraphExecKernelNodeSetParams")).isEqualTo(changes + 2);
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
    for (int time = 0; time < 3; time++) {
      step(1);
    }
    long graphs = calls("cuGraphInstantiate");
    long launches = calls("cuLaunchKernel");
    Shape large = Shape.of(1000);
    try (Tensor from = backend.memory().allocate(large);
        Tensor to = backend.memory().allocate(large)) {
      backend.memory().fill(from, 3);
      backend.memory().synchronise();
      long fills = calls("cuLaunchKernel") - launches;
      launchStep(from, to, 2);
      assertThat(backend.memory().download(to)).containsOnly(21);
      assertThat(calls("cuLaunchKernel") - launches).isEqualTo(fills);
      assertThat(calls("cuGraphInstantiate")).isEqualTo(graphs);
    }
    step(1); // x is 4, 5, 6
    assertThat(backend.memory().download(out)).containsExactly(20, 30, 42);
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

  @Test
  void fewKernelsAreLaunchedOneByOne() {
    long graphs = calls("cuGraphCreate");
    for (int time = 0; time < 5; time++) {
      backend.dense().map(Unary.ABS, x, x);
      backend.memory().synchronise();
    }
    assertThat(calls("cuGraphCreate")).isEqualTo(graphs);
  }

  @Test
  void byDefaultThereAreNone() {
    backend.close();
    System.clearProperty(Launches.PROPERTY);
    open();
    long graphs = calls("cuGraphCreate");
    for (int time = 0; time < 5; time++) {
      long launches = calls("cuLaunchKernel");
      launchStep(x, out, 1);
      assertThat(calls("cuLaunchKernel") - launches).as("at once").isEqualTo(5);
    }
    assertThat(calls("cuGraphCreate")).isEqualTo(graphs);
  }

  @Test
  void moreThanAListHoldsIsIssuedInParts() {
    for (int time = 0; time < 2000; time++) {
      backend.dense().affine(1, x, 1, x);
    }
    assertThat(backend.memory().download(x)).containsExactly(2001, 2002, 2003);
  }

  @Test
  void sequencesThatAreNotUsedForLongAreGivenUp() {
    long destroyed = calls("cuGraphExecDestroy");
    for (int length = 4; length < 4 + 70; length++) {
      for (int time = 0; time < 3; time++) {
        for (int i = 0; i < length; i++) {
          backend.dense().map(Unary.RELU, x, x);
        }
        backend.memory().synchronise();
      }
    }
    assertThat(calls("cuGraphExecDestroy") - destroyed).isEqualTo(6);
    assertThat(backend.memory().download(x)).containsExactly(1, 2, 3);
  }

  @Test
  void closingGivesGraphsBack() {
    long corruptions = host.corruptions();
    backend.close();
    long before = host.held();
    open();
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
    launchStep(x, out, 1);
    host.fail("cuLaunchKernel", LAUNCH_FAILED, 1, 1);
    assertThatThrownBy(() -> backend.memory().synchronise())
        .isInstanceOf(CudaException.class)
        .hasMessageContaining("cuLaunchKernel of affine")
        .hasMessageContaining("719");
    assertThatThrownBy(() -> backend.memory().download(x))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("lost by an earlier fault");
  }

  @Test
  void aGraphThatFailsNamesItsKernels() {
    for (int time = 0; time < 3; time++) {
      step(1);
    }
    host.fail("cuGraphLaunch", LAUNCH_FAILED, 0, 1);
    assertThatThrownBy(() -> step(1))
        .isInstanceOf(CudaException.class)
        .hasMessageContaining("cuGraphLaunch of 5 kernels from mapElements to mapElements")
        .hasMessageContaining("wta.cuda.graphs=off");
    assertThatThrownBy(() -> step(1))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("lost by an earlier fault");
  }

  @Test
  void aGraphThatCannotBeMadeNamesTheCall() {
    step(1);
    step(1);
    host.fail("cuGraphAddKernelNode", LAUNCH_FAILED, 2, 1);
    host.fail("cuGraphDestroy", LAUNCH_FAILED, 0, 1);
    assertThatThrownBy(() -> step(1))
        .isInstanceOf(CudaException.class)
        .hasMessageContaining("cuGraphAddKernelNode of zipElements");
  }

  /** Some of its nodes have new arguments then, and others the old ones. */
  @Test
  void aGraphThatCouldNotBeChangedIsGivenUp() {
    for (int time = 0; time < 3; time++) {
      step(1);
    }
    host.fail("cuGraphExecKernelNodeSetParams", INVALID_VALUE, 1, 1);
    try (Tensor other = backend.memory().allocate(Shape.of(3))) {
      backend.memory().synchronise();
      assertThatThrownBy(
              () -> {
                launchStep(other, out, 1);
                backend.memory().synchronise();
              })
          .isInstanceOf(CudaException.class)
          .hasMessageContaining("cuGraphExecKernelNodeSetParams of zipElements");
    }
    for (int time = 0; time < 4; time++) {
      step(1);
    }
    assertThat(backend.memory().download(out)).containsExactly(56, 72, 90); // of x = 7, 8, 9
  }

  @Test
  void withoutRoomForAGraphKernelsAreLaunchedOneByOne() {
    step(1);
    host.fail("cuGraphInstantiate", OUT_OF_MEMORY, 0, 1);
    long held = host.held();
    for (int time = 0; time < 5; time++) {
      step(1);
    }
    assertThat(host.held()).isEqualTo(held);
    assertThat(backend.memory().download(x)).containsExactly(7, 8, 9);
  }
}
