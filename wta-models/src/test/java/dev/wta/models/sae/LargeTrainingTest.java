package dev.wta.models.sae;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Training takes little more memory than weights and moments. */
@Tag("slow")
class LargeTrainingTest {
  private static final int LATENTS = 8192;
  private static final int INPUTS = 2048;

  /** Too little for a copy of the encoder's weights, a sixth, besides the batch and the program. */
  private static final double MOST = 1.16;

  @Test
  void fitsIntoLittleMoreThanWeightsAndMoments() throws Exception {
    long numbers = 6L * LATENTS * INPUTS;
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("--"))
        .forEach(command::add);
    command.add("-Xmx%dm".formatted((long) (MOST * Float.BYTES * numbers) >> 20));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(LargeTraining.class.getName());
    for (int argument : new int[] {LATENTS, INPUTS, 64, 2}) {
      command.add(String.valueOf(argument));
    }
    Result trained = run(command);
    assertThat(trained.exit()).as(trained.output()).isZero();
    assertThat(trained.output()).contains("weights and moments of 0.40 GB were trained");
  }

  private record Result(int exit, String output) {}

  private static Result run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Result(process.waitFor(), output);
  }
}
