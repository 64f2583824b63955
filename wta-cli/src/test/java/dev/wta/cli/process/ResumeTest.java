package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However a run is stopped, and on however many threads it resumes, it ends with the same bits. */
class ResumeTest {
  /** 80 steps, a checkpoint after 31 and 62, and a place to stop at that is in mid-epoch. */
  private static final String TRAIN =
      "train --model fc-wta --data train.arrow --set hidden=50 --set batch=20 --set epochs=4"
          + " --set checkpoint-every=31 --set competition=lifetime(0.1) --set schedule=pause(47)";

  private static final int SIGINT = 2;

  @TempDir static Path directory;

  /** Also where a test failed: its training, and the next test's, would wait for good. */
  @AfterEach
  void endPauses() throws IOException {
    Files.deleteIfExists(directory.resolve("pause-47"));
  }

  @BeforeAll
  static void trainWithoutInterruption() {
    TinyData.importInto(directory, "train", 400, 1);
    Wta.in(directory).succeed((TRAIN + " --threads 2 --out whole").split(" "));
  }

  @Test
  void oneThreadGivesTheSameBitsAsTwo() {
    Wta.in(directory).succeed((TRAIN + " --threads 1 --out single").split(" "));
    assertSameModel("single");
  }

  @Test
  void aKilledRunResumesToTheSameBits() throws Exception {
    Wta.Running running = startAndAwaitCheckpoint("killed");
    running.process().destroyForcibly();
    Files.delete(directory.resolve("pause-47"));
    assertThat(running.result().exit()).isEqualTo(128 + 9);
    assertThat(resume("killed").err())
        .contains("resuming from step ")
        .doesNotContain("the bits will differ");
    assertSameModel("killed");
  }

  @Test
  void anotherBackendIsNoted() {
    String train = "train --model fc-wta --data small.arrow --set hidden=10 --set batch=20";
    TinyData.importInto(directory, "small", 60, 1);
    Wta.in(directory).succeed((train + " --set epochs=1 --out moved").split(" "));
    String resume = "train --resume --data small.arrow --out moved --backend reference";
    assertThat(Wta.in(directory).succeed((resume + " --set epochs=2").split(" ")).err())
        .contains("note: the bits will differ from a run never stopped: it was trained on backend")
        .contains("continues on backend reference (scalar loops, 1 thread)");
  }

  @Test
  void ctrlCSavesAndSaysHowToResume() throws Exception {
    Wta.Running running = startAndAwaitCheckpoint("stopped");
    signal(running.process(), "INT");
    Wta.Result result = running.result();
    Files.delete(directory.resolve("pause-47"));
    assertThat(result.exit()).isEqualTo(130);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .contains("stopped and saved at step ")
        .contains("wta train --resume --data train.arrow --out stopped");
    assertThat(resume("stopped").err()).contains("resuming from step ");
    assertSameModel("stopped");
  }

  /** The command repeats what says which samples they are. */
  @Test
  void aSweepThatIsStoppedSaysHowToResume() throws Exception {
    Wta.Running running =
        startAndAwait("swept/seed=2/state.json", "--sweep seed=1,2 --label label --out swept");
    signal(running.process(), "INT");
    Wta.Result result = running.result();
    Files.delete(directory.resolve("pause-47"));
    assertThat(result.exit()).isEqualTo(130);
    String resume = "wta train --resume --data train.arrow --label label --out swept";
    assertThat(result.err()).contains("stopped and saved").contains(resume);
    Wta.in(directory).succeed(resume.substring("wta ".length()).split(" "));
  }

  private static Wta.Running startAndAwaitCheckpoint(String run)
      throws IOException, InterruptedException {
    return startAndAwait(run + "/state.json", "--out " + run);
  }

  /**
   * Starts training and returns once it is past its first checkpoint; it stays before its second.
   */
  private static Wta.Running startAndAwait(String state, String options)
      throws IOException, InterruptedException {
    Files.createFile(directory.resolve("pause-47"));
    Wta.Running running = Wta.in(directory).start((TRAIN + " " + options).split(" "));
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!Files.exists(directory.resolve(state))) {
      assertThat(System.nanoTime()).as(running.errorText()).isLessThan(giveUp);
      Thread.sleep(5);
    }
    return running;
  }

  private static Wta.Result resume(String run) {
    return Wta.in(directory).succeed("train", "--resume", "--data", "train.arrow", "--out", run);
  }

  private static void assertSameModel(String run) {
    Path model = directory.resolve(run).resolve("model.safetensors");
    assertThat(model).hasSameBinaryContentAs(directory.resolve("whole/model.safetensors"));
  }

  private static void signal(Process process, String name)
      throws IOException, InterruptedException {
    assertThat(ignoredSignals() & 1 << SIGINT - 1)
        .as("started with Ctrl-C ignored, as a script's '&' does: start the tests without it")
        .isZero();
    int exit =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    assertThat(exit).isZero();
  }

  /** Those that this process was told to ignore, as its children are then: a bit each, on Linux. */
  private static long ignoredSignals() throws IOException {
    Path status = Path.of("/proc/self/status");
    return Files.exists(status)
        ? Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
            .sum()
        : 0;
  }
}
