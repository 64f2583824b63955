package dev.wta.backend.cuda.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is compiled for cards from Turing to Blackwell, by compilers and for drivers of all ages.
 */
class KernelTargetTest {
  private static final List<Integer> CUDA_12_0 =
      List.of(50, 52, 53, 60, 61, 62, 70, 72, 75, 80, 86, 87, 89, 90);
  private static final List<Integer> CUDA_12_8 =
      List.of(50, 52, 53, 60, 61, 62, 70, 72, 75, 80, 86, 87, 89, 90, 100, 101, 120);
  private static final List<Integer> CUDA_13_0 =
      List.of(75, 80, 86, 87, 88, 89, 90, 100, 103, 110, 120, 121);

  private static List<Integer> known(int compiler) {
    return switch (compiler) {
      case 12_000 -> CUDA_12_0;
      case 12_080 -> CUDA_12_8;
      default -> CUDA_13_0;
    };
  }

  /** Drivers: 525 serves CUDA 12.0, 535 12.2, 550 12.4, 570 12.8, 575 12.9, 580 13.0. */
  @ParameterizedTest(name = "sm_{0}, a driver for {1}, NVRTC {2}")
  @CsvSource({
    // T4, A100, RTX 3090, L4, H100: known to all
    "75, 12000, 12000, sm_75",
    "75, 13000, 13000, sm_75",
    "80, 12020, 12000, sm_80",
    "86, 12040, 12080, sm_86",
    "89, 12020, 12080, sm_89",
    "90, 12020, 12000, sm_90",
    // a cubin of a newer minor version, and of an older major one
    "90, 12020, 12080, sm_90",
    "90, 13000, 12000, sm_90",
    // B200, RTX 5090, GB10: known, or newer than the compiler
    "100, 12080, 12080, sm_100",
    "100, 12080, 12000, compute_90",
    "120, 12080, 12080, sm_120",
    "120, 13000, 12000, compute_90",
    "121, 12090, 12080, compute_120",
    "121, 13000, 13000, sm_121",
    "103, 13000, 12080, compute_101",
    // of a generation after all of them
    "130, 13000, 13000, compute_121",
    // and the compiler is newer than the driver, so that PTX would be, too: a relative's cubin
    "121, 12070, 12080, sm_120",
    "88, 12070, 12080, sm_87",
  })
  void isWhatTheDriverLoads(int capability, int driver, int compiler, String architecture) {
    assertThat(KernelTarget.of(capability, driver, compiler, known(compiler)))
        .isEqualTo(new KernelTarget(architecture, architecture.startsWith("sm_")));
  }

  @ParameterizedTest(name = "sm_{0}, a driver for {1}, NVRTC {2}")
  @CsvSource({
    "130, 12080, 13000, NVRTC 13.0 does not know sm_130, CUDA 12.8",
    "70, 12020, 13000, NVRTC 13.0 does not compile for sm_70, CUDA 12 or 13",
  })
  void isRefusedWhereNothingServes(
      int capability, int driver, int compiler, String problem, String remedy) {
    assertThatThrownBy(() -> KernelTarget.of(capability, driver, compiler, known(compiler)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining(problem)
        .hasMessageContaining(remedy);
  }

  @ParameterizedTest(name = "PTX {0}")
  @CsvSource({
    "7.8, 12000",
    "8.0, 12000",
    "8.2, 12020",
    "8.5, 12050",
    "8.6, 12070",
    "8.7, 12080",
    "8.8, 12090",
    "9.0, 13000",
    "9.2, 13020",
    "10.1, 14010"
  })
  void ptxHasTheVersionOfItsCompiler(String version, int driver) {
    String text = "// generated\n.version %s\n.target sm_75\n".formatted(version);
    assertThat(PtxVersion.of(text).orElseThrow())
        .hasToString(version)
        .extracting(PtxVersion::cuda)
        .isEqualTo(driver);
    assertThat(PtxVersion.of("a cubin")).isEmpty();
  }
}
