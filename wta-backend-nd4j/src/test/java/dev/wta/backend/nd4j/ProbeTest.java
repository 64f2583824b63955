package dev.wta.backend.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Availability;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the probe says where ND4J starts, and where parts of it are missing. */
@WhereNativesAre
class ProbeTest {

  @Test
  void ranksBelowTheVectorisedBackendAndSaysWhatItRunsOn() throws Exception {
    String[] answer = probeWith(jar -> true);
    assertThat(answer[0]).isEqualTo("usable");
    assertThat(Integer.parseInt(answer[1])).isBetween(2, 99);
    assertThat(answer[2]).contains("ND4J").contains("CPU").contains("thread");
  }

  @Test
  void saysThatTheNativeLibraryIsMissing() throws Exception {
    String[] answer = probeWith(jar -> !jar.matches("nd4j-native-\\d.*-(linux|macosx|windows).*"));
    assertThat(answer[0]).isEqualTo("unusable");
    assertThat(answer[1]).contains("native library").contains("nd4jcpu");
    assertThat(answer[2]).contains("nd4j-native").contains("class path");
  }

  @Test
  void saysThatTheNativeLibraryOfOpenBlasIsMissing() throws Exception {
    String[] answer = probeWith(jar -> !jar.matches("openblas-.*-(linux|macosx|windows).*"));
    assertThat(answer[0]).isEqualTo("unusable");
    assertThat(answer[1]).contains("native library");
    assertThat(answer[2]).contains("openblas");
  }

  @Test
  void saysThatNd4jItselfIsMissing() throws Exception {
    String[] answer = probeWith(jar -> !jar.startsWith("nd4j-"));
    assertThat(answer[0]).isEqualTo("unusable");
    assertThat(answer[1]).contains("not on the class path").contains("org.nd4j");
    assertThat(answer[2]).contains("nd4j-native");
  }

  @Test
  void looksForTheCauseBehindWhatNd4jWraps() {
    Throwable failure =
        new ExceptionInInitializerError(
            new IllegalStateException("wrapped", new UnsatisfiedLinkError("no such library")));
    assertThat(Nd4jRuntime.explain(failure))
        .extracting(Availability.Unusable::reason)
        .asString()
        .contains("no such library");
    assertThat(Nd4jRuntime.explain(new IllegalStateException()).reason())
        .contains("IllegalStateException");
  }

  /** What {@link PrintProbe} prints in a JVM that has those of the jars on its class path. */
  private static String[] probeWith(Predicate<String> jars)
      throws IOException, InterruptedException {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> jars.test(Path.of(entry).getFileName().toString()))
            .collect(Collectors.joining(File.pathSeparator));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command = List.of(java, "-cp", classPath, PrintProbe.class.getName());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(out.lines()).as("standard output, which is for results alone").hasSize(1);
    return out.strip().split("\\|");
  }
}
