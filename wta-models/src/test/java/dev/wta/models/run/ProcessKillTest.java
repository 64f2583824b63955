package dev.wta.models.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.Backend;
import dev.wta.api.Seed;
import dev.wta.models.FcWta;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.training.StepReport;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingListener;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed in mid-epoch, and another one that goes on with its run. */
class ProcessKillTest {
  private static final int LAST_STEP = 40;

  @TempDir private Path directory;

  @Test
  void aKilledRunEndsWithTheSameBytes() throws Exception {
    Path straight = directory.resolve("straight");
    Path killed = directory.resolve("killed");
    assertThat(train(straight, false, 0)).isZero();
    int sigkill = 128 + 9;
    assertThat(train(killed, false, 17)).isIn(sigkill, 1); // 1 where there are no signals
    assertThat(RunDirectory.open(killed).state().orElseThrow().step()).isEqualTo(15);
    assertThat(train(killed, true, 0)).isZero();
    for (String file : List.of("model.safetensors", "trainer.safetensors", "state.json")) {
      assertThat(killed.resolve(file)).hasSameBinaryContentAs(straight.resolve(file));
    }
  }

  /** Trains in a process of its own; answers its exit code. */
  private int train(Path run, boolean resume, int killAfter)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--"))
        .forEach(command::add);
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), ProcessKillTest.class.getName()));
    command.addAll(List.of(run.toString(), Boolean.toString(resume), Integer.toString(killAfter)));
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).as(Files.readString(output)).isTrue();
    if (killAfter == 0) {
      assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    }
    return process.exitValue();
  }

  /** The process: trains, and kills itself after a step if it is told to. */
  public static void main(String[] arguments) {
    int killAfter = Integer.parseInt(arguments[2]);
    try (Backend backend = TestBackends.open("cpu", 2);
        FcWta model = FcWta.of(12).hidden(10).lifetime(0.2).on(backend, Seed.of(1))) {
      Trainer.of(model)
          .data(TestData.vectors(100, 12))
          .batch(10)
          .epochs(LAST_STEP / 10)
          .checkpointEvery(5)
          .to(Path.of(arguments[0]))
          .resume(arguments[1].toLowerCase(Locale.ROOT).equals("true"))
          .listen(
              new TrainingListener() {
                @Override
                public void stepped(StepReport report) {
                  if (report.step() == killAfter) {
                    killThisProcess();
                  }
                }
              })
          .train();
    }
  }

  private static void killThisProcess() {
    try {
      new ProcessBuilder("kill", "-9", Long.toString(ProcessHandle.current().pid()))
          .start()
          .waitFor();
    } catch (IOException | InterruptedException noSuchCommand) {
      Runtime.getRuntime().halt(1); // the nearest thing to a kill
    }
  }
}
