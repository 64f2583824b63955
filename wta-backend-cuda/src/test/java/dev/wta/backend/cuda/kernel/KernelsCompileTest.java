package dev.wta.backend.cuda.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.wta.backend.cuda.binding.LibrarySearch;
import dev.wta.backend.cuda.binding.Nvrtc;
import dev.wta.backend.cuda.host.HostCuda;
import dev.wta.backend.cuda.host.Nvcc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The kernels compile for every generation of cards from Turing on, wherever a compiler is. None of
 * them asks which card it is for, so what compiles for the first generation and the last compiles
 * for those between, which only the slow tests look at.
 */
class KernelsCompileTest {
  private static final List<Integer> OUTER = List.of(75, 120);
  private static final List<Integer> BETWEEN = List.of(80, 90, 100);

  @Test
  void noSourceAsksWhichCardItIsFor() {
    assertThat(KernelSources.all())
        .extracting(KernelSources::text)
        .noneMatch(text -> text.contains("__CUDA_ARCH"));
    assertThat(KernelSources.headers().values()).noneMatch(text -> text.contains("__CUDA_ARCH"));
  }

  @Test
  void everyKernelIsInTheSourceThatItIsSaidToBeIn() {
    var named =
        Arrays.stream(Kernel.values())
            .collect(
                Collectors.groupingBy(
                    kernel -> kernel.source() + ".cu",
                    Collectors.mapping(Kernel::function, Collectors.toList())));
    assertThat(named).isEqualTo(HostCuda.kernels());
  }

  @Test
  void nvrtcCompilesThemAsTheBackendDoes() {
    compileFor(OUTER);
  }

  @Test
  @Tag("slow")
  void nvrtcCompilesThemForTheGenerationsBetween() {
    compileFor(BETWEEN);
  }

  private static void compileFor(List<Integer> capabilities) {
    Optional<Nvrtc> nvrtc = Nvrtc.find(LibrarySearch.ofThisMachine(), 13);
    assumeTrue(
        nvrtc.isPresent(), "no NVRTC here (CUDA_HOME, -Dwta.cuda.path, pip's nvidia-cuda-nvrtc)");
    List<Integer> known = nvrtc.get().architectures();
    for (int capability : capabilities) {
      if (known.contains(capability)) {
        KernelImages images =
            new KernelImages(nvrtc, new KernelCache(Optional.empty()), capability, 13_000);
        for (String source : KernelSources.all()) {
          assertThat(images.of(source)).as("%s for sm_%d", source, capability).isNotEmpty();
        }
      }
    }
  }

  /** A card newer than NVRTC gets PTX, which its driver finishes. */
  @Test
  void nvrtcMakesPtxForCardsThatItDoesNotKnow() {
    Optional<Nvrtc> nvrtc = Nvrtc.find(LibrarySearch.ofThisMachine(), 13);
    assumeTrue(
        nvrtc.isPresent(), "no NVRTC here (CUDA_HOME, -Dwta.cuda.path, pip's nvidia-cuda-nvrtc)");
    int driver = nvrtc.get().version();
    KernelImages images = new KernelImages(nvrtc, new KernelCache(Optional.empty()), 999, driver);
    assertThat(new String(images.of("transpose"), StandardCharsets.UTF_8))
        .contains(".entry transposeMatrix");
  }

  /** So a driver takes what an NVRTC of its own age, or an older one, wrote. */
  @Test
  void ptxThatIsPackedHasTheCompilersVersion(@TempDir Path folder) throws IOException {
    Optional<Nvrtc> nvrtc = Nvrtc.find(LibrarySearch.ofThisMachine(), 13);
    assumeTrue(
        nvrtc.isPresent(), "no NVRTC here (CUDA_HOME, -Dwta.cuda.path, pip's nvidia-cuda-nvrtc)");
    KernelImages.write(nvrtc.get(), folder);
    for (String source : KernelSources.all()) {
      String text = Files.readString(folder.resolve(source + ".ptx"));
      assertThat(text).contains(".target sm_75").doesNotContain("\0");
      assertThat(PtxVersion.of(text).orElseThrow().cuda())
          .isBetween(nvrtc.get().version() - 10, nvrtc.get().version());
    }
  }

  @Test
  void nvccCompilesThemAsWell(@TempDir Path folder) {
    Nvcc nvcc = Nvcc.orSkip();
    assertThat(nvcc.compile(HostCuda.kernelFolder(), OUTER, folder)).isNotEmptyFile();
  }
}
