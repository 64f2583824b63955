package dev.wta.backend.cuda.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.op.Dense.Unary;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.backend.cuda.CudaBackendProvider;
import dev.wta.backend.cuda.binding.LibrarySearch;
import dev.wta.backend.cuda.host.HostCuda;
import dev.wta.backend.cuda.kernel.KernelCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which libraries are taken for which driver, and the error where one is missing. */
class InstallationTest {
  private static final int USUAL_DRIVER = 13_000;

  private Path folder;
  private HostCuda host;

  @BeforeEach
  void start() throws IOException {
    host = HostCuda.orSkip();
    folder = host.emptyFolder();
    System.setProperty(KernelCache.PROPERTY, "off");
  }

  @AfterEach
  void mend() {
    System.clearProperty("wta.cuda.images");
    if (host != null) {
      host.driverVersion(USUAL_DRIVER);
    }
  }

  @ParameterizedTest(name = "a driver for {0}, and {1}")
  @CsvSource({
    "12000, libnvrtc.so.12, libnvrtc.so.12",
    "12020, libnvrtc.so.13 libnvrtc.so.12, libnvrtc.so.12",
    "12080, libnvrtc.so.12, libnvrtc.so.12",
    "13000, libnvrtc.so.13 libnvrtc.so.12, libnvrtc.so.13",
    "13000, libnvrtc.so.12, libnvrtc.so.12",
    "13020, libnvrtc.so.13, libnvrtc.so.13",
  })
  void theCompilerIsTheDriversOrOlder(int driver, String there, String taken) throws IOException {
    host.driverVersion(driver);
    host.link(folder, "libcuda.so.1");
    host.link(folder, there.split(" "));
    Installation installation = Installation.find(LibrarySearch.in(folder));
    assertThat(installation.nvrtc().orElseThrow().library().name()).endsWith(taken);
  }

  @Test
  void aMessageNamesWhatWasLookedForAndWhere() throws IOException {
    host.driverVersion(12_020);
    host.link(folder, "libcuda.so.1", "libnvrtc.so.13");
    assertThatThrownBy(() -> Installation.find(LibrarySearch.in(folder)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("driver for CUDA 12.2 is here, but not NVRTC")
        .hasMessageContaining("looked for libnvrtc.so.12 in: " + folder)
        .hasMessageContaining("pip install nvidia-cuda-nvrtc-cu12");
    Files.writeString(folder.resolve("libnvrtc.so.12"), "no library");
    assertThatThrownBy(() -> Installation.find(LibrarySearch.in(folder)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("not to be loaded: [" + folder.resolve("libnvrtc.so.12") + "]");
  }

  @Test
  void anOldDriverIsNamed() throws IOException {
    host.driverVersion(11_080);
    host.link(folder, "libcuda.so.1", "libnvrtc.so.12");
    assertThatThrownBy(() -> Installation.find(LibrarySearch.in(folder)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("libcuda.so.1) serves CUDA 11.8 only")
        .hasMessageContaining("525");
  }

  /** Without NVRTC, kernels come as PTX, which may be too new for the driver. */
  @Test
  void ptxThatIsTooNewIsNotGivenToTheDriver() throws IOException {
    host.driverVersion(12_020);
    host.link(folder, "libcuda.so.1");
    System.setProperty("wta.cuda.images", folder.toString());
    CudaBackendProvider provider = new CudaBackendProvider(LibrarySearch.in(folder));
    Path fill = folder.resolve("words.ptx");
    try (Backend backend = provider.open(BackendOptions.defaults())) {
      assertThatThrownBy(() -> backend.memory().allocate(Shape.of(2)))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("no compiled kernel " + fill);
      Files.writeString(fill, ".version 9.0\n.target sm_75\n");
      assertThatThrownBy(() -> backend.memory().allocate(Shape.of(2)))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("words.ptx is PTX 9.0, which takes a driver for CUDA 13.0")
          .hasMessageContaining("this one serves 12.2");
      Files.writeString(fill, "host image of words.cu"); // what the stand-in loads
      Files.writeString(folder.resolve("elementwise.ptx"), "host image of elementwise.cu");
      Tensor x = backend.memory().allocate(Shape.of(2));
      backend.dense().map(Unary.EXP, x, x);
      assertThat(backend.memory().download(x)).containsExactly(1, 1);
    }
  }
}
