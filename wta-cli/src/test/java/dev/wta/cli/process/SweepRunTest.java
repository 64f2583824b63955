package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code wta train --sweep}: several models on one reading. */
class SweepRunTest {
  private static final String TRAIN =
      "train --model topk --data train.arrow --set hidden=20 --set epochs=2 --set batch=20"
          + " --set shuffle-buffer=100 ";
  private static final String SWEEP = "--sweep k=2,3 --sweep seed=1,2 ";

  @TempDir static Path directory;
  private static Wta.Result swept;

  @BeforeAll
  static void train() {
    TinyData.importInto(directory, "train", 1500, 1);
    swept = Wta.in(directory).succeed((TRAIN + SWEEP + "--out sweep").split(" "));
  }

  private static byte[] model(String run) throws IOException {
    return Files.readAllBytes(directory.resolve(run).resolve("model.safetensors"));
  }

  @Test
  void eachRunHasTheBitsThatItHasAlone() throws IOException {
    String alone = TRAIN + "--set k=3 --seed 2 --set order-seed=1 --out alone";
    Wta.in(directory).succeed(alone.split(" "));
    assertThat(model("sweep/k=3_seed=2")).isEqualTo(model("alone"));
    Wta.in(directory).succeed((TRAIN + "--set k=2 --out first").split(" "));
    assertThat(model("sweep/k=2_seed=1")).isEqualTo(model("first"));
  }

  @Test
  void aTableAndAPlotSayWhatEachExplains() throws IOException {
    assertThat(swept.err())
        .contains("training 4 models of topk on one reading of train.arrow")
        .contains("all runs see the samples in the order of seed 1");
    assertThat(swept.out().lines().limit(5))
        .satisfiesExactly(
            line -> assertThat(line.split(" +")).startsWith("k", "seed", "L0", "explained"),
            line -> assertThat(line.split(" +")).startsWith("2", "1", "2.0"),
            line -> assertThat(line.split(" +")).startsWith("2", "2", "2.0"),
            line -> assertThat(line.split(" +")).startsWith("3", "1", "3.0"),
            line -> assertThat(line.split(" +")).startsWith("3", "2", "3.0"));
    assertThat(swept.out()).contains("are of 1,500 training samples").contains("sweep/sweep.svg");
    assertThat(Files.readString(directory.resolve("sweep/sweep.svg")))
        .contains("Explained variance against L0")
        .contains("seed 1")
        .contains("seed 2");
    assertThat(Wta.in(directory).succeed("compare", "sweep/k=2_seed=1", "sweep/k=3_seed=1").out())
        .contains("model.k");
    Wta.in(directory)
        .succeed("report --run sweep/k=2_seed=2 --data train.arrow --out r.html".split(" "));
  }

  @Test
  void aSweepResumesByItself() throws IOException {
    String begin = TRAIN + "--sweep k=2,4 --out resumed --json";
    JsonNode json = new ObjectMapper().readTree(Wta.in(directory).succeed(begin.split(" ")).out());
    assertThat(json.at("/runs/1/swept/k").asText()).isEqualTo("4");
    assertThat(json.at("/runs/1/status").asText()).isEqualTo("finished");
    assertThat(json.at("/runs/1/explainedVariance").asDouble()).isBetween(0.0, 1.0);
    try (var files = Files.list(directory.resolve("resumed/k=4"))) { // as if it never began
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    String resume = "train --resume --data train.arrow --out resumed --set epochs=3";
    Wta.in(directory).succeed(resume.split(" "));
    Wta.in(directory).succeed((TRAIN + "--set k=4 --set epochs=3 --out three").split(" "));
    assertThat(model("resumed/k=4")).isEqualTo(model("three"));
    assertThat(Wta.in(directory).fail((TRAIN + "--sweep k=2,4 --out resumed --quiet").split(" ")))
        .isEqualTo(
            "wta: resumed already holds a sweep; resume it (--resume), or choose another folder");
  }

  @Test
  void aDryRunSaysWhatAllTake() {
    Wta.Result dry = Wta.in(directory).succeed((TRAIN + SWEEP + "--dry-run --out none").split(" "));
    assertThat(dry.out())
        .contains("4 models of topk on train.arrow: a dry run")
        .contains("75 an epoch, 150 in 2 epochs");
    assertThat(directory.resolve("none")).doesNotExist();
  }

  @Test
  void whatCannotBeSweptIsRefusedByName() {
    Wta wta = Wta.in(directory);
    assertThat(wta.fail((TRAIN + "--out no --sweep batch=10,20").split(" ")))
        .isEqualTo(
            "wta: 'batch' cannot be swept: each batch that is read is a step of every model; set"
                + " it once for all, or train these models one by one");
    assertThat(wta.fail((TRAIN + "--out no --sweep kk=10,20").split(" ")))
        .contains("unknown key 'kk' in --sweep");
    assertThat(wta.fail((TRAIN + "--out no --sweep k=1,x").split(" ")))
        .contains("key 'k' in --sweep");
    assertThat(wta.fail((TRAIN + "--out no --sweep k=1,1").split(" ")))
        .contains("has a value twice");
    assertThat(wta.fail((TRAIN + "--out no --sweep k").split(" ")))
        .contains("--sweep 'k' is not a key and values");
    assertThat(directory.resolve("no")).doesNotExist();
  }

  @Test
  void aModelThatDivergesIsNamed() {
    Wta.Result run =
        Wta.in(directory)
            .run(
                (TRAIN
                        + "--out wild --quiet --set k=2 --set optimizer=sgd --set clip=0 --sweep"
                        + " rate=0.001,900")
                    .split(" "));
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.out()).contains("failed");
    assertThat(run.err()).contains("1 of 2 models failed: rate=900: training diverged");
    assertThat(directory.resolve("wild/rate=0.001/model.safetensors")).exists();
  }
}
