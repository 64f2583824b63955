package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wta.data.arrow.ArrowDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model with a classifier of its own, trained and used by commands. */
class PredictTest {
  private static final int EPOCHS = 40;

  @TempDir static Path directory;

  @BeforeAll
  static void train() {
    TinyData.importInto(directory, "train", 240, 1);
    TinyData.importInto(directory, "test", 90, 2);
    JsonNode trained = json(Wta.in(directory).succeed(training("run", "--json")).out());
    assertThat(trained.get("epochs").asInt()).isEqualTo(EPOCHS);
    assertThat(trained.get("validationError").asDouble()).isLessThan(0.2);
    Wta.in(directory)
        .succeed(
            "train",
            "--model",
            "autoencoder",
            "--data",
            "train.arrow",
            "--out",
            "plain",
            "--set",
            "hidden=8",
            "--set",
            "epochs=1");
  }

  private static String[] training(String run, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("train", "--model", "drsae", "--data", "train.arrow", "--out", run));
    for (String setting :
        List.of(
            "hidden=24",
            "iterations=3",
            "classes=3",
            "rate=0.2",
            "pretraining=3",
            "patience=40",
            "epochs=" + EPOCHS,
            "checkpoint-every=7",
            "log-every=5")) {
      arguments.addAll(List.of("--set", setting));
    }
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (IOException notJson) {
      throw new AssertionError(text, notJson);
    }
  }

  @Test
  void theTestErrorIsPrintedAndPredictionsAreWritten() throws IOException {
    Wta.Result predicted =
        Wta.in(directory)
            .succeed("predict", "--run", "run", "--data", "test.arrow", "--out", "labels.csv");
    assertThat(predicted.out())
        .containsPattern("test error {2}\\d+\\.\\d\\d % {2}\\(\\d+ of 90\\)")
        .contains("the predictions are in labels.csv");
    List<String> lines = Files.readAllLines(directory.resolve("labels.csv"));
    assertThat(lines).hasSize(91).first().isEqualTo("sample,predicted,label");
    int wrong = 0;
    for (int i = 0; i < 90; i++) {
      String[] fields = lines.get(i + 1).split(",", -1);
      assertThat(fields[0]).isEqualTo(Integer.toString(i));
      assertThat(fields[2]).isEqualTo(Integer.toString(i % 3));
      wrong += fields[1].equals(fields[2]) ? 0 : 1;
    }
    assertThat(predicted.out()).contains("(%d of 90)".formatted(wrong));
    assertThat(wrong).isLessThan(30);
  }

  @Test
  void anArrowFileHasScoresAndTheClassesThatTheyMean() {
    JsonNode document =
        json(
            Wta.in(directory)
                .succeed(
                    "predict",
                    "--run",
                    "run",
                    "--data",
                    "test.arrow",
                    "--out",
                    "labels.arrow",
                    "--json")
                .out());
    assertThat(document.get("samples").asInt()).isEqualTo(90);
    assertThat(document.get("errorPerClass")).hasSize(3);
    try (ArrowDataset written = ArrowDataset.open(directory.resolve("labels.arrow"));
        ArrowDataset test = ArrowDataset.open(directory.resolve("test.arrow"))) {
      assertThat(written.size()).isEqualTo(90);
      assertThat(written.sampleShape().size()).isEqualTo(3);
      int[] predicted = written.labels();
      int[] labels = test.labels();
      float[] scores = new float[3];
      int wrong = 0;
      for (int i = 0; i < 90; i++) {
        written.read(i, 1, scores, 0);
        for (float score : scores) {
          assertThat(score).isLessThanOrEqualTo(scores[predicted[i]]);
        }
        wrong += predicted[i] == labels[i] ? 0 : 1;
      }
      assertThat(document.get("testError").asDouble()).isEqualTo(wrong / 90.0);
    }
  }

  @Test
  void aRunKilledInItsSecondStageEndsWithTheSameBits() throws Exception {
    Wta.Running running = Wta.in(directory).start(training("killed"));
    Path state = directory.resolve("killed/state.json");
    while (running.process().isAlive()
        && !(Files.exists(state) && Files.readString(state).contains("bestEpoch"))) {
      Thread.sleep(5);
    }
    running.process().destroyForcibly().waitFor();
    Wta.in(directory).succeed("train", "--data", "train.arrow", "--out", "killed", "--resume");
    for (String file : List.of("model.safetensors", "trainer.safetensors", "state.json")) {
      assertThat(directory.resolve("killed").resolve(file))
          .hasSameBinaryContentAs(directory.resolve("run").resolve(file));
    }
  }

  @Test
  void otherModelsHaveNoClassifier() {
    assertThat(Wta.in(directory).fail("predict", "--run", "plain", "--data", "test.arrow"))
        .contains("plain is a run of 'autoencoder', which has no classifier of its own");
  }

  @Test
  void aClassifierThatHasSeenNoLabelsIsRefused() {
    Wta.in(directory).succeed(training("unlabelled", "--set", "epochs=2"));
    assertThat(Wta.in(directory).fail("predict", "--run", "unlabelled", "--data", "test.arrow"))
        .contains("has not learnt yet: it was trained for 2 epochs, and its first 3 see no labels");
  }

  @Test
  void aNameThatSaysNoFormatIsRefused() {
    assertThat(
            Wta.in(directory)
                .fail("predict", "--run", "run", "--data", "test.arrow", "--out", "labels.txt"))
        .contains("labels.txt says neither Arrow nor CSV");
    assertThat(directory.resolve("labels.txt")).doesNotExist();
  }

  @Test
  void theWholeRunIsUsedLikeAnyOther() {
    String[] probe = {
      "probe", "--run", "run", "--train", "train.arrow", "--test", "test.arrow", "--json"
    };
    assertThat(json(Wta.in(directory).succeed(probe).out()).get("features").asInt()).isEqualTo(24);
    Wta.in(directory).succeed("filters", "--run", "run", "--out", "filters.png");
    Wta.in(directory).succeed("report", "--run", "run", "--data", "test.arrow", "--out", "report");
  }

  @Test
  void partsAndCategoriesAreDistinguishedAndDrawn() {
    JsonNode document =
        json(
            Wta.in(directory)
                .succeed(
                    "parts", "--run", "run", "--data", "test.arrow", "--out", "parts/new", "--json")
                .out());
    assertThat(document.get("units")).hasSize(24);
    int counted =
        document.get("partUnits").asInt()
            + document.get("between").asInt()
            + document.get("categoricalUnits").asInt();
    assertThat(counted).isEqualTo(24);
    for (String picture :
        List.of(
            "recurrent.svg",
            "classifier.svg",
            "units.png",
            "encoders.png",
            "recurrence.svg",
            "code.svg",
            "iterations.png",
            "progressive.png")) {
      assertThat(directory.resolve("parts/new").resolve(picture)).isNotEmptyFile();
    }
    assertThat(
            Wta.in(directory)
                .succeed("parts", "--run", "run", "--data", "test.arrow", "--out", "parts/new")
                .out())
        .containsPattern("part-units +\\d+ +\\d\\.\\d{3}");
    assertThat(
            Wta.in(directory)
                .fail("parts", "--run", "plain", "--data", "test.arrow", "--out", "parts/other"))
        .contains("plain is a run of 'autoencoder'");
    assertThat(directory.resolve("parts/other")).doesNotExist();
  }
}
