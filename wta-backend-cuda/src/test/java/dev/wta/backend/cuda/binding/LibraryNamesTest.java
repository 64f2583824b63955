package dev.wta.backend.cuda.binding;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LibraryNamesTest {
  /** Of the driver's own CUDA version first, then of older ones, and never of a newer one. */
  @ParameterizedTest(name = "CUDA {0}, Windows: {1}")
  @CsvSource({
    "12, false, libnvrtc.so.12, libcublas.so.12",
    "13, false, libnvrtc.so.13 libnvrtc.so.12, libcublas.so.13 libcublas.so.12",
    "14, false, libnvrtc.so.13 libnvrtc.so.12, libcublas.so.13 libcublas.so.12",
    "12, true, nvrtc64_120_0.dll, cublas64_12.dll",
    "13, true, nvrtc64_130_0.dll nvrtc64_120_0.dll, cublas64_13.dll cublas64_12.dll",
  })
  void areThoseThatADriverServes(int major, boolean windows, String nvrtc, String cublas) {
    LibraryNames names = new LibraryNames(windows);
    assertThat(names.nvrtc(major)).containsExactly(nvrtc.split(" "));
    assertThat(names.cublas(major)).containsExactly(cublas.split(" "));
    assertThat(names.cublasLt(major).getFirst())
        .contains("Lt")
        .endsWith(windows ? ".dll" : "" + Math.min(major, 13));
    assertThat(names.driver().getFirst()).isEqualTo(windows ? "nvcuda.dll" : "libcuda.so.1");
  }
}
