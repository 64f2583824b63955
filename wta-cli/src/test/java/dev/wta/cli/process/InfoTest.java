package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What runs and files are, runs beside one another, and completion. */
class InfoTest {
  @TempDir static Path directory;

  @BeforeAll
  static void trainTwice() {
    TinyData.importInto(directory, "train", 300, 1);
    train("runs/first", 16, 2);
    train("runs/second", 24, 3);
  }

  private static void train(String run, int hidden, int epochs) {
    Wta.in(directory)
        .succeed(
            "train",
            "--model",
            "topk",
            "--data",
            "train.arrow",
            "--out",
            run,
            "--set",
            "k=3",
            "--set",
            "hidden=" + hidden,
            "--set",
            "epochs=" + epochs);
  }

  private static JsonNode json(String... line) throws IOException {
    return new ObjectMapper().readTree(Wta.in(directory).succeed(line).out());
  }

  @Test
  void describesARun() throws IOException {
    JsonNode run = json("info", "runs/first", "--json");
    assertThat(run.get("kind").asText()).isEqualTo("run");
    assertThat(run.get("family").asText()).isEqualTo("topk");
    assertThat(run.get("model").get("hidden").asInt()).isEqualTo(16);
    assertThat(run.get("progress").get("epoch").asInt()).isEqualTo(2);
    long numbers = 16 * 36 * 2 + 16 + 36; // encoder, decoder, two biases
    assertThat(run.get("parameters").get("numbers").asLong()).isGreaterThanOrEqualTo(numbers);
    assertThat(run.get("figures").get("loss").isNumber()).isTrue();
    assertThat(Wta.in(directory).succeed("info", "runs/first").out())
        .startsWith("runs/first: run\n")
        .containsPattern("hidden +16\n")
        .containsPattern("samples a second +[0-9]")
        .contains("wta encode --run runs/first", "wta train --from runs/first");
  }

  /** A model of dictionary_learning has a config.json, as a run has. */
  @Test
  void doesNotTakeAnotherToolsModelForARun() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("foreign"));
    Files.writeString(folder.resolve("config.json"), "{\"trainer\": {\"dict_class\": \"None\"}}");
    Files.write(folder.resolve("ae.pt"), new byte[] {1, 2, 3});
    assertThat(Wta.in(directory).fail("info", "foreign"))
        .contains("foreign")
        .doesNotContain("schema");
  }

  @Test
  void describesDataAndWeights() throws IOException {
    JsonNode data = json("info", "train.arrow", "--json");
    assertThat(data.get("kind").asText()).isEqualTo("data set");
    assertThat(data.get("samples").asInt()).isEqualTo(300);
    assertThat(data.get("shape").asText()).isEqualTo("1x6x6");
    assertThat(data.get("samplesOfClass").get("0").asInt()).isEqualTo(100);
    assertThat(data.get("values").get("max").asDouble()).isBetween(200.0, 255.0);

    JsonNode weights = json("info", "runs/first/model.safetensors", "--json");
    assertThat(weights.get("tensors").get("encoder.weight").asText()).isEqualTo("F32 16x36");

    writeNpy("double.npy", "<f8", Double.BYTES); // which has to be imported
    JsonNode npy = json("info", "double.npy", "--json");
    assertThat(npy.get("kind").asText()).isEqualTo("NumPy array");
    assertThat(npy.get("shape").asText()).isEqualTo("5x2");
    assertThat(npy.get("type").asText()).isEqualTo("float64");
  }

  /** An array of (5, 2) zeros. */
  private static void writeNpy(String name, String type, int bytes) throws IOException {
    String header = "{'descr': '%s', 'fortran_order': False, 'shape': (5, 2), }\n".formatted(type);
    try (DataOutputStream out =
        new DataOutputStream(Files.newOutputStream(directory.resolve(name)))) {
      out.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) header.length(), 0});
      out.write(header.getBytes(StandardCharsets.US_ASCII));
      out.write(new byte[10 * bytes]);
    }
  }

  private static void writeSafetensors(String name, String... tensors) throws IOException {
    StringJoiner header = new StringJoiner(",", "{", "}");
    for (int i = 0; i < tensors.length; i++) {
      header.add(
          "\"%s\":{\"dtype\":\"F16\",\"shape\":[5,2],\"data_offsets\":[%d,%d]}"
              .formatted(tensors[i], 20 * i, 20 * (i + 1)));
    }
    byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
    try (DataOutputStream out =
        new DataOutputStream(Files.newOutputStream(directory.resolve(name)))) {
      out.writeLong(Long.reverseBytes(text.length));
      out.write(text);
      out.write(new byte[20 * tensors.length]);
    }
  }

  @Test
  void describesWhateverTrainingReads() throws IOException {
    for (String folder : List.of("shards", "hub", "saved/train")) {
      Files.createDirectories(directory.resolve(folder));
    }
    writeNpy("half.npy", "<f2", Short.BYTES);
    writeNpy("shards/acts_9.npy", "<f4", Float.BYTES);
    writeNpy("shards/acts_10.npy", "<f4", Float.BYTES);
    writeNpy("hub/train-00000-of-00001.npy", "<f4", Float.BYTES);
    writeNpy("hub/test-00000-of-00001.npy", "<f4", Float.BYTES);
    writeSafetensors("one.safetensors", "acts");
    writeSafetensors("two.safetensors", "acts", "blocks.0");
    Files.copy(directory.resolve("train.arrow"), directory.resolve("no-ending"));
    Files.copy(directory.resolve("train.arrow"), directory.resolve("train.feather"));
    Wta.in(directory)
        .succeed("encode", "--run", "runs/first", "--data", "train.arrow", "--out", "codes.arrows");
    Files.copy(directory.resolve("train.arrow"), directory.resolve("saved/train/data.arrow"));
    Files.writeString(directory.resolve("saved/dataset_dict.json"), "{\"splits\": [\"train\"]}");
    Files.writeString(
        directory.resolve("saved/train/state.json"),
        "{\"_data_files\": [{\"filename\": \"data.arrow\"}]}");

    Map<String, Integer> samples = new LinkedHashMap<>();
    samples.put("train.arrow", 300);
    samples.put("train.feather", 300);
    samples.put("no-ending", 300);
    samples.put("codes.arrows", 300);
    samples.put("saved/train", 300);
    samples.put("saved:train", 300);
    samples.put("half.npy", 5);
    samples.put("shards", 10);
    samples.put("hub:test", 5);
    samples.put("one.safetensors", 5);
    for (String path : samples.keySet()) {
      JsonNode data = json("info", path, "--json");
      assertThat(data.get("kind").asText()).as(path).isEqualTo("data set");
      assertThat(data.get("samples").asInt()).as(path).isEqualTo(samples.get(path));
    }
    assertThat(json("info", "two.safetensors", "--json").get("kind").asText())
        .isEqualTo("safetensors");
    assertThat(
            json("info", "two.safetensors", "--column", "blocks.0", "--json").get("kind").asText())
        .isEqualTo("data set");
    assertThat(Wta.in(directory).fail("info", "saved")).contains("saved:train");
    assertThat(Wta.in(directory).fail("info", "hub:validation")).contains("it has test, train");
  }

  @Test
  void describesAnExportedModel() throws IOException {
    Wta.in(directory).succeed("export", "runs/first", "--format", "saelens", "--out", "exported");
    JsonNode sae = json("info", "exported", "--json");
    assertThat(sae.get("format").asText()).isEqualTo("saelens");
    assertThat(sae.get("inputs").asInt()).isEqualTo(36);
    assertThat(sae.get("latents").asInt()).isEqualTo(16);
    assertThat(sae.get("use").get(0).asText()).isEqualTo("wta import sae exported --out RUN");
  }

  @Test
  void refusesWhatItDoesNotKnow() throws IOException {
    Files.writeString(directory.resolve("note.txt"), "no data");
    assertThat(Wta.in(directory).fail("info", "note.txt"))
        .contains("a file of a kind that wta does not read");
    assertThat(Wta.in(directory).fail("info", "nowhere")).contains("there is no 'nowhere'");
    assertThat(Wta.in(directory).fail("info", "runs"))
        .contains("a folder without a run, data or a model");
  }

  @Test
  void refusesAPipe() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertThat(Wta.in(directory).fail("info", "pipe"))
        .isEqualTo(
            "wta: pipe is a pipe or a device, and no file; copy what it sends to a file, and give"
                + " that");
  }

  @Test
  void comparesRuns() throws IOException {
    JsonNode compared =
        json("compare", "runs/first", "runs/second", "--out", "compared.html", "--json");
    assertThat(compared.get("settings").get("model.hidden").toString()).isEqualTo("[16,24]");
    assertThat(compared.get("settings").get("training.epochs").toString()).isEqualTo("[2,3]");
    assertThat(compared.get("settings").has("training.batch")).isFalse();
    assertThat(compared.get("figures").get("epoch").toString()).isEqualTo("[2,3]");
    assertThat(Files.readString(directory.resolve("compared.html")))
        .contains("2 runs compared", "model.hidden", "Training curves", "<svg");
    assertThat(Wta.in(directory).succeed("compare", "runs/first", "runs/second").out())
        .startsWith("1  runs/first\n2  runs/second\n")
        .containsPattern("model.hidden +16 +24\n")
        .containsPattern("samples a second +[0-9]")
        .doesNotContain("imagesPerSecond");
    assertThat(Wta.in(directory).fail("compare", "runs/first"))
        .isEqualTo(
            "wta: runs/first alone cannot be compared; give a second run's folder beside it;"
                + " 'wta info runs/first' shows one");
    assertThat(
            Wta.in(directory)
                .fail("compare", "runs/first", "runs/second", "--out", "runs/first/config.json"))
        .contains("would replace");
  }

  @Test
  void triesATrainingThatWritesNothing() throws IOException {
    String[] line = {
      "train",
      "--model",
      "topk",
      "--data",
      "train.arrow",
      "--out",
      "runs/dry",
      "--dry-run",
      "--set",
      "epochs=40"
    };
    assertThat(Wta.in(directory).succeed(line).out())
        .startsWith("topk on train.arrow: a dry run, nothing was written\n")
        .contains("steps        3 an epoch, 120 in 40 epochs\n")
        .containsPattern("time +[0-9.]+ s an epoch, .*ms a step, the mean of [0-9]+ steps\n");
    String[] asJson = java.util.Arrays.copyOf(line, line.length + 1);
    asJson[line.length] = "--json";
    JsonNode dry = json(asJson);
    assertThat(dry.get("stepsPerEpoch").asInt()).isEqualTo(3);
    assertThat(dry.get("timedSteps").asInt()).isBetween(3, 110); // as many as 3 seconds hold
    assertThat(directory.resolve("runs/dry")).doesNotExist();
    assertThat(Wta.in(directory).fail("train", "--data", "train.arrow", "--dry-run", "--resume"))
        .contains("--dry-run estimates a new training");
    assertThat(
            Wta.in(directory)
                .fail(
                    "train",
                    "--from",
                    "runs/first",
                    "--data",
                    "train.arrow",
                    "--dry-run",
                    "--out",
                    "runs/second",
                    "-q"))
        .contains("already holds a run");
  }

  @Test
  void completes() {
    assertThat(Wta.in(directory).succeed("completion").out())
        .startsWith("#!/usr/bin/env bash")
        .contains("complete -F _complete_wta", "--resume", "compare");
  }
}
