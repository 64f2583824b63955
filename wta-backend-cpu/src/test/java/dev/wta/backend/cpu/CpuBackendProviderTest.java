package dev.wta.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Availability;
import dev.wta.api.backend.Backends;
import dev.wta.backend.cpu.vector.VectorWidth;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CpuBackendProviderTest {

  @Test
  void isFoundAndNamesTheVectorsThatTheTestsForce() {
    assertThat(Backends.probeAll())
        .filteredOn(found -> found.name().equals("cpu"))
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.probe()).isInstanceOf(Availability.Usable.class);
              String width = System.getProperty(VectorWidth.PROPERTY);
              if (width != null) {
                assertThat(((Availability.Usable) found.probe()).device())
                    .contains(width + "-bit vectors");
              }
            });
  }

  @Test
  void saysHowToGetTheVectorModuleWhereItIsMissing() throws Exception {
    assertThat(probeInANewJvm())
        .contains("the JVM runs without the module jdk.incubator.vector")
        .contains("start java with --add-modules jdk.incubator.vector");
  }

  @Test
  void refusesAWidthThatIsNone() throws Exception {
    assertThat(probeInANewJvm("--add-modules", "jdk.incubator.vector", "-Dwta.vector.bits=96"))
        .contains("the system property wta.vector.bits is '96'")
        .contains("set it to 128, 256 or 512");
  }

  /** What {@link CpuBackendProvider#probe} answers in a JVM with these flags and no others. */
  private static String probeInANewJvm(String... flags) throws IOException, InterruptedException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    ProcessBuilder command = new ProcessBuilder(java.toString());
    command.command().addAll(List.of(flags));
    command
        .command()
        .addAll(List.of("-cp", System.getProperty("java.class.path"), PrintProbe.class.getName()));
    Process process = command.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  /** Prints the probe's answer. */
  static final class PrintProbe {
    private PrintProbe() {}

    public static void main(String[] args) {
      System.out.println(new CpuBackendProvider().probe());
    }
  }
}
