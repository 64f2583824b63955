package dev.wta.backend.cuda.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Availability;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.op.Dense.Binary;
import dev.wta.api.op.Dense.Reduction;
import dev.wta.api.op.Dense.Unary;
import dev.wta.api.op.Epilogue;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.backend.cuda.CudaBackend;
import dev.wta.backend.cuda.CudaBackendProvider;
import dev.wta.backend.cuda.binding.CudaException;
import dev.wta.backend.cuda.binding.LibrarySearch;
import dev.wta.backend.cuda.host.HostCuda;
import dev.wta.backend.cuda.kernel.KernelCache;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of errors that the driver answers, and of what the backend holds. */
class DeviceFaultsTest {
  private static final int OUT_OF_MEMORY = 2;
  private static final int DEVICE_UNAVAILABLE = 46;
  private static final int NO_DEVICE = 100;
  private static final int CUBLAS_ALLOCATION_FAILED = 3;
  private static final int LAUNCH_FAILED = 719;
  private static final int COMPILATION_FAILED = 6;
  private static final long GIBIBYTE = 1L << 30;

  private HostCuda host;

  @BeforeEach
  void start() {
    host = HostCuda.orSkip();
    System.setProperty(KernelCache.PROPERTY, "off");
  }

  @AfterEach
  void mend() {
    if (host != null) {
      List.of("cuInit", "cuLaunchKernel", "cuMemcpyHtoDAsync", "nvrtcCompileProgram", "cuMemAlloc")
          .forEach(host::work);
      host.memory(8 * GIBIBYTE);
      host.others(0);
    }
  }

  private CudaBackend open() {
    return (CudaBackend) new CudaBackendProvider(host.search()).open(BackendOptions.defaults());
  }

  @Test
  void aLostContextRetiresTheBackend() {
    try (Backend backend = open()) {
      Tensor x = backend.memory().of(Shape.of(3), -1, 0, 1);
      host.fail("cuLaunchKernel", LAUNCH_FAILED, 0, 1);
      assertThatThrownBy(() -> backend.dense().map(Unary.RELU, x, x))
          .isInstanceOf(CudaException.class)
          .hasMessageContaining("cuLaunchKernel of mapElements")
          .hasMessageContaining("CUDA_ERROR_LAUNCH_FAILED (719)")
          .hasMessageContaining("nvidia-smi");
      assertThatThrownBy(() -> backend.memory().download(x))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("lost by an earlier fault")
          .hasMessageContaining("cuLaunchKernel");
    }
    try (Backend another = open()) {
      assertThat(another.memory().download(another.memory().of(Shape.of(1), 4))).containsExactly(4);
    }
  }

  @Test
  void whatIsNoFaultOfTheDevicePassesBy() {
    try (Backend backend = open()) {
      Tensor x = backend.memory().allocate(Shape.of(2));
      host.fail("cuMemcpyHtoDAsync", 1, 0, 1);
      assertThatThrownBy(() -> backend.memory().upload(new float[] {1, 2}, 0, x))
          .isInstanceOf(CudaException.class)
          .hasMessageContaining("cuMemcpyHtoDAsync");
      backend.memory().upload(new float[] {1, 2}, 0, x);
      assertThat(backend.memory().download(x)).containsExactly(1, 2);
    }
  }

  @Test
  void idleMemoryGoesBackBeforeAnyoneIsRefused() {
    host.memory(64 << 20);
    try (Backend backend = open()) {
      Tensor first = backend.memory().allocate(Shape.of(9 << 20)); // 36 MiB
      first.close();
      try (Tensor second = backend.memory().allocate(Shape.of(11 << 20))) {
        assertThat(second.isOpen()).isTrue();
        assertThatThrownBy(() -> backend.memory().allocate(Shape.of(6 << 20)))
            .isInstanceOf(WtaException.class)
            .hasMessageContaining("no room for 24.0 MiB")
            .hasMessageContaining("this backend uses 44.0 MiB, others 0.0 MiB;")
            .hasMessageContaining("20.0 MiB of 64.0 MiB are free")
            .hasMessageContaining("smaller batch");
      }
    }
  }

  @Test
  void aBlockServesThoseThatNeedALittleLess() {
    try (Backend backend = open()) {
      backend.memory().allocate(Shape.of(11 << 20)).close(); // 44 MiB
      long allocations = host.calls("cuMemAlloc");
      backend.memory().allocate(Shape.of(9 << 20)).close(); // 36 MiB
      assertThat(host.calls("cuMemAlloc")).isEqualTo(allocations);
      backend.memory().allocate(Shape.of(8 << 20)).close(); // 32 MiB: it would waste too much
      assertThat(host.calls("cuMemAlloc")).isEqualTo(allocations + 1);
    }
  }

  /** On a shared card. */
  @Test
  void memoryOfOtherProcessesIsReported() {
    host.memory(64 << 20);
    host.others(40 << 20);
    try (Backend backend = open()) {
      Tensor _ = backend.memory().allocate(Shape.of(4 << 20)); // 16 MiB
      assertThatThrownBy(() -> backend.memory().allocate(Shape.of((3 << 20) - 5)))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("no room for 12.0 MiB")
          .hasMessageContaining("this backend uses 16.0 MiB, others 40.0 MiB;")
          .hasMessageContaining("8.0 MiB of 64.0 MiB are free")
          .hasMessageContaining("nvidia-smi shows which processes hold it");
      host.others(0);
      try (Tensor later = backend.memory().allocate(Shape.of((3 << 20) - 5))) {
        assertThat(later.isOpen()).as("once the other has ended").isTrue();
      }
    }
  }

  @Test
  void anotherProcessMayHaveTheDeviceToItself() {
    host.fail("cuDevicePrimaryCtxRetain", DEVICE_UNAVAILABLE, 0, 1);
    assertThatThrownBy(this::open)
        .isInstanceOf(CudaException.class)
        .hasMessageContaining("another process has the device to itself");
  }

  /** What is not a tensor takes memory as well. */
  @Test
  void idleMemoryMakesRoomForModulesAndCublas() {
    try (Backend backend =
        new CudaBackendProvider(host.searchWithCublas()).open(BackendOptions.defaults())) {
      Tensor x = backend.memory().of(Shape.of(2, 2), 1, 2, 3, 4);
      Tensor out = backend.memory().allocate(Shape.of(2, 2));
      backend.memory().allocate(Shape.of(9 << 20)).close();
      long freed = host.calls("cuMemFree");
      host.fail("cuModuleLoadData", OUT_OF_MEMORY, 0, 1);
      backend.dense().map(Unary.RELU, x, x);
      assertThat(host.calls("cuMemFree")).isGreaterThan(freed);
      host.fail("cublasCreate", CUBLAS_ALLOCATION_FAILED, 0, 1);
      backend.dense().gemm(x, false, x, false, 1, 0, Epilogue.NONE, out);
      assertThat(backend.memory().download(out)).containsExactly(7, 10, 15, 22);
    }
  }

  @Test
  void pinnedMemoryThatRunsOutIsTheHosts() {
    try (Backend backend = open()) {
      Tensor x = backend.memory().allocate(Shape.of(2));
      host.fail("cuMemAllocHost", OUT_OF_MEMORY, 0, 1);
      assertThatThrownBy(() -> backend.memory().download(x))
          .isInstanceOf(CudaException.class)
          .hasMessageContaining("cuMemAllocHost failed: CUDA_ERROR_OUT_OF_MEMORY")
          .hasMessageContaining("ulimit -l");
      assertThat(backend.memory().download(x)).containsExactly(0, 0);
    }
  }

  @Test
  void closingGivesEverythingBack() {
    long before = host.held();
    try (CudaBackend backend = open()) {
      Tensor x = backend.memory().of(Shape.of(2, 2), 1, 2, 3, 4);
      Tensor out = backend.memory().allocate(Shape.of(2, 2));
      backend.dense().zip(Binary.ADD, x, x, out);
      backend.memory().allocateWinners(Shape.of(3, 4), 5);
      assertThat(backend.memory().download(out)).containsExactly(2, 4, 6, 8);
      assertThat(backend.memory().live()).isEqualTo(3);
      assertThat(host.held()).isGreaterThan(before);
    }
    assertThat(host.held()).isEqualTo(before);
  }

  @Test
  void operationsGiveTheirScratchBack() {
    try (CudaBackend backend = open()) {
      Tensor x = backend.memory().allocate(Shape.of(300, 7));
      Tensor out = backend.memory().allocate(Shape.of(7));
      long used = backend.memory().pool().used();
      backend.dense().reduceColumns(Reduction.SUM, x, out);
      assertThat(backend.dense().sum(x)).isZero();
      assertThat(backend.memory().pool().used()).isEqualTo(used);
      long allocations = host.calls("cuMemAlloc");
      for (int time = 0; time < 3; time++) {
        backend.dense().reduceColumns(Reduction.SUM, x, out);
      }
      assertThat(host.calls("cuMemAlloc")).as("the steady state").isEqualTo(allocations);
    }
  }

  @Test
  void everyThreadHasTheContext() throws Exception {
    try (Backend backend = open()) {
      Tensor x = backend.memory().of(Shape.of(2), -1, 1);
      Callable<float[]> work =
          () -> {
            backend.dense().map(Unary.RELU, x, x);
            return backend.memory().download(x);
          };
      for (Thread.Builder builder : List.of(Thread.ofPlatform(), Thread.ofVirtual())) {
        FutureTask<float[]> task = new FutureTask<>(work);
        builder.start(task);
        assertThat(task.get()).containsExactly(0, 1);
      }
    }
  }

  /** Other code of the process may change it at any time. */
  @Test
  void theContextIsSetForEveryCall() {
    try (Backend backend =
        new CudaBackendProvider(host.searchWithCublas()).open(BackendOptions.defaults())) {
      host.forgetContext();
      Tensor x = backend.memory().of(Shape.of(2, 2), -1, 1, 2, 3);
      host.forgetContext();
      Tensor out = backend.memory().allocate(Shape.of(2, 2));
      host.forgetContext();
      backend.dense().map(Unary.RELU, x, x);
      host.forgetContext();
      backend.dense().gemm(x, false, x, false, 1, 0, Epilogue.NONE, out);
      host.forgetContext();
      backend.dense().gemm(x, false, x, false, 1, 1, Epilogue.NONE, out);
      host.forgetContext();
      assertThat(backend.dense().sum(x)).isEqualTo(6);
      host.forgetContext();
      assertThat(backend.memory().download(out)).containsExactly(4, 6, 12, 22);
      host.forgetContext();
    }
  }

  /** A stream belongs to a context: the stand-in refuses calls that have the other one. */
  @Test
  void twoDevicesTakeTurnsOnOneThread() {
    long before = host.held();
    try (Backend first = open();
        Backend second = new CudaBackendProvider(host.search()).open(new BackendOptions(1, 1))) {
      Tensor x = first.memory().of(Shape.of(2), -1, 1);
      Tensor y = second.memory().of(Shape.of(2), -2, 2);
      for (int turn = 0; turn < 3; turn++) {
        first.dense().map(Unary.ABS, x, x);
        second.dense().map(Unary.ABS, y, y);
      }
      assertThat(first.memory().download(x)).containsExactly(1, 1);
      assertThat(second.memory().download(y)).containsExactly(2, 2);
    }
    assertThat(host.held()).isEqualTo(before);
  }

  @Test
  void aKernelThatDoesNotCompileShowsTheLog() {
    try (Backend backend = open()) {
      Tensor x = backend.memory().allocate(Shape.of(2));
      host.fail("nvrtcCompileProgram", COMPILATION_FAILED, 0, 1);
      assertThatThrownBy(() -> backend.dense().map(Unary.RELU, x, x))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("elementwise.cu does not compile with NVRTC 13.0")
          .hasMessageContaining("a log of the mock")
          .hasMessageContaining("--gpu-architecture=sm_90");
    }
  }

  @Test
  void aFailedStartGivesTheContextBack() {
    long before = host.held();
    host.fail("cuStreamCreate", OUT_OF_MEMORY, 0, 1);
    assertThatThrownBy(this::open)
        .isInstanceOf(CudaException.class)
        .hasMessageContaining("cuStreamCreate");
    assertThat(host.held()).isEqualTo(before);
  }

  @Test
  void theProbeSaysWhatItFound() {
    assertThat(new CudaBackendProvider(host.search()).probe())
        .isEqualTo(new Availability.Usable(50, "host compiler, 8 GiB, sm_90, CUDA 13.0"));
  }

  @Test
  void theProbeSaysWhatIsMissing(@TempDir Path empty) {
    CudaBackendProvider provider = new CudaBackendProvider(LibrarySearch.in(empty));
    assertThat(provider.probe())
        .isInstanceOfSatisfying(
            Availability.Unusable.class,
            unusable -> {
              assertThat(unusable.reason()).contains("no NVIDIA driver").doesNotContain("\n");
              assertThat(unusable.remedy()).contains("install NVIDIA's driver");
            });
    assertThatThrownBy(() -> provider.open(BackendOptions.defaults()))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("backend 'cuda' cannot run here: no NVIDIA driver");
  }

  @Test
  void theProbeDoesNotThrowWhereTheDriverFails() {
    host.fail("cuInit", NO_DEVICE, 0, 1);
    assertThat(new CudaBackendProvider(host.search()).probe())
        .isInstanceOfSatisfying(
            Availability.Unusable.class,
            unusable -> assertThat(unusable.reason()).contains("cuInit failed"));
  }

  @Test
  void thereIsNoSuchDevice() {
    assertThatThrownBy(() -> new CudaBackendProvider(host.search()).open(new BackendOptions(1, 3)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("there is no device 3");
  }
}
