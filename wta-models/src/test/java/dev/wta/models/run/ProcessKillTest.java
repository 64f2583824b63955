package dev.wta.models.run;

import static dev.wta.models.StoppedRuns.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.training.StepReport;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingListener;
import dev.wta.models.training.TrainingSettings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that is killed in mid-epoch, and another one that resumes its run. */
class ProcessKillTest {
  @TempDir private Path directory;

  /** The recurrent model is killed in the second of its stages, and has a best epoch by then. */
  @ParameterizedTest
  @ValueSource(strings = {"fc-wta", "drsae"})
  void aKilledRunEndsWithTheSameBytes(String family) throws Exception {
    Path straight = directory.resolve("straight");
    Path killed = directory.resolve("killed");
    assertThat(train(family, straight, false, 0)).isZero();
    int sigkill = 128 + 9;
    assertThat(train(family, killed, false, 17)).isIn(sigkill, 1); // 1 where there are no signals
    assertThat(RunDirectory.open(killed).state().orElseThrow().step()).isEqualTo(15);
    assertThat(train(family, killed, true, 0)).isZero();
    assertSameBits(killed, straight);
  }

  /** Trains in a process of its own; answers its exit code. */
  private int train(String family, Path run, boolean resume, int killAfter)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--"))
        .forEach(command::add);
    command.add("-XX:TieredStopAtLevel=1"); // it is over before the optimising compiler pays
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), ProcessKillTest.class.getName()));
    command.addAll(
        List.of(run.toString(), Boolean.toString(resume), Integer.toString(killAfter), family));
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

  /** The process: trains, and kills itself after a step if the arguments say so. */
  public static void main(String[] arguments) {
    int killAfter = Integer.parseInt(arguments[2]);
    ModelFamily family = ModelFamilies.named(arguments[3]);
    Map<String, Object> settings =
        family.classifies()
            ? Map.of("epochs", 5, "batch", 10, "pretraining", 1, "held-out", 5) // 80 samples
            : Map.of("epochs", 4, "batch", 10);
    try (Backend backend = TestBackends.open("cpu", 2);
        Model model =
            (Model)
                family.create(
                    family.settings().parse(Map.of("hidden", 10)),
                    Shape.of(12),
                    backend,
                    Seed.of(1))) {
      Trainer.of(model)
          .settings(TrainingSettings.of(family).parse(settings))
          .data(TestData.vectors(100, 12))
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
