package com.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.cli.CommandProvider;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.data.arrow.ArrowDataset;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.Features;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.competition.Competitions;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingResult;
import dev.wta.models.training.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user's jar adds what its services name, with wta's jars as they are. */
class ExamplesTest {
  @TempDir Path directory;

  @Test
  void aConfigurationNamesTheCompetition() {
    assertThat(Competitions.parse("density(0.25)")).isEqualTo(new Density(0.25));
    assertThat(Competitions.parse(new Density(0.25).text())).isEqualTo(new Density(0.25));
    assertThat(winnersPerSample("fc-wta", Map.of("hidden", 12, "competition", "density(0.25)")))
        .isPositive()
        .isLessThanOrEqualTo(3);
  }

  @Test
  void aSampleOfTheModelKeepsAtMostK() {
    Map<String, Object> settings = Map.of("hidden", 12, "k", 2, "share", 0.5);
    assertThat(winnersPerSample("lifetime-sae", settings)).isPositive().isLessThanOrEqualTo(2);
  }

  @Test
  void aTrainingOfOnesOwnResumesByItsNames() {
    Path run = directory.resolve("own");
    ModelFamily family = ModelFamilies.named("topk");
    TrainingSettings settings =
        TrainingSettings.of(family)
            .parse(
                Map.of(
                    "optimizer", "swats(3)",
                    "schedule", "restarts(4)",
                    "preprocess", "log",
                    "batch", 10,
                    "epochs", 1));
    float[] counts = new float[40 * 6];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = i * 7 % 50;
    }
    try (Backend backend = Backends.best();
        Dataset data = MemoryDataset.of("counts", Shape.of(6), counts);
        FeatureExtractor model =
            family.create(
                family.settings().parse(Map.of("hidden", 8, "k", 2)),
                Shape.of(6),
                backend,
                Seed.of(1))) {
      Trainer.of(model).data(data).settings(settings).to(run).train();
      TrainingSettings ofRun =
          TrainingSettings.of(family).parse(RunDirectory.open(run).config().training());
      assertThat(ofRun).isEqualTo(settings);
      Trainer longer = Trainer.of(model).data(data).settings(ofRun).epochs(2).to(run).resume();
      assertThat(longer.train().steps()).isEqualTo(8);
      assertThat(RunDirectory.open(run).preprocessing().describe().toString()).contains("log");
    }
  }

  @Test
  void whatTheTrainingSays() {
    assertThat(new Restarts(4).factor(2, 100)).isEqualTo(0.5, within(1e-12));
    assertThat(new Restarts(4).factor(4, 100)).isEqualTo(1);
    float[] samples = {0, 1, (float) (Math.E - 1)};
    new LogScale().apply(samples, 1, Shape.of(3));
    assertThat(samples).containsExactly(new float[] {0, (float) Math.log(2), 1}, within(1e-6f));
    new LogScale().invert(samples, 1, Shape.of(3));
    assertThat(samples).containsExactly(new float[] {0, 1, (float) (Math.E - 1)}, within(1e-6f));
  }

  @Test
  void aRunOfTheModelOpensAgain() {
    Path run = directory.resolve("run");
    ModelFamily family = ModelFamilies.named("lifetime-sae");
    Map<String, Object> settings = Map.of("hidden", 12, "k", 2);
    try (Backend backend = Backends.best();
        FeatureExtractor model =
            family.create(family.settings().parse(settings), Shape.of(9), backend, Seed.of(1))) {
      Trainer.of(model).data(samples()).batch(10).epochs(2).to(run).train();
      try (FeatureExtractor loaded = RunDirectory.open(run).load(backend);
          Features features = model.encode(samples());
          Features again = loaded.encode(samples())) {
        assertThat(backend.memory().download(again.values()))
            .isEqualTo(backend.memory().download(features.values()));
      }
    }
  }

  @Test
  void measuresHoyersSparsity() {
    float[] values = {0, 0, 0, 5, 1, 1, 1, 1, 0, 0, 0, 0};
    try (Backend backend = Backends.best();
        Tensor tensor = backend.memory().allocate(Shape.of(3, 4))) {
      backend.memory().upload(values, 0, tensor);
      // 1 of a single active feature, 0 of equal ones; the sample without any does not count.
      assertThat(HoyerSparsity.of(new Features(backend, tensor))).isCloseTo(0.5, within(1e-9));
    }
  }

  @Test
  void importsCsv() throws IOException {
    Path csv = Files.writeString(directory.resolve("points.csv"), "0.5, -1, 0\n2, 3, 1\n");
    Path arrow = directory.resolve("points.arrow");
    assertThat(CsvImporter.convert(csv, arrow)).isEqualTo(2);
    try (ArrowDataset data = ArrowDataset.open(arrow)) {
      float[] values = new float[4];
      data.read(0, 2, values, 0);
      assertThat(values).containsExactly(0.5f, -1, 2, 3);
      assertThat(data.labels()).containsExactly(0, 1);
    }
  }

  @Test
  void saysWhichLineIsWrong() throws IOException {
    Path csv = Files.writeString(directory.resolve("wrong.csv"), "1, 2, 0\n1, two, 0\n");
    Path arrow = directory.resolve("wrong.arrow");
    assertThatThrownBy(() -> CsvImporter.convert(csv, arrow))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("line 2");
    assertThat(arrow).doesNotExist();
  }

  @Test
  void addsTheCommand() {
    Iterable<CommandProvider> providers = ServiceLoader.load(CommandProvider.class);
    assertThat(StreamSupport.stream(providers.spliterator(), false).map(CommandProvider::command))
        .hasAtLeastOneElementOfType(ImportCsvCommand.class);
  }

  @Test
  void trainsAndProbes() throws IOException {
    StringBuilder lines = new StringBuilder();
    Random random = new Random(1);
    for (int i = 0; i < 200; i++) {
      int label = i % 2;
      lines.append(
          "%.3f,%.3f,%d%n".formatted(label + random.nextFloat(), random.nextFloat(), label));
    }
    Path csv = Files.writeString(directory.resolve("classes.csv"), lines);
    Path arrow = directory.resolve("classes.arrow");
    CsvImporter.convert(csv, arrow);
    Path run = directory.resolve("probed");
    TrainAndProbe.main(new String[] {arrow.toString(), arrow.toString(), run.toString()});
    assertThat(run.resolve("model.safetensors")).exists();
  }

  @Test
  void trainsAndEncodesSparsely() throws IOException {
    Path csv = directory.resolve("points.csv");
    Files.writeString(csv, "0.5, -1, 0\n2, 3, 1\n1, 1, 0\n".repeat(20));
    Path arrow = directory.resolve("sparse.arrow");
    CsvImporter.convert(csv, arrow);
    Path run = directory.resolve("sparse");
    SparseFeatures.main(new String[] {arrow.toString(), run.toString()});
    assertThat(run.resolve("model.safetensors")).exists();
  }

  @Test
  void aRowOfTheDataSourceIsTheSameInAnyBatch() {
    try (DictionaryData data = new DictionaryData(100, 8, 12, 2, 7)) {
      float[] all = new float[100 * 8];
      data.read(0, 100, all, 0);
      float[] some = new float[1 + 3 * 8];
      data.read(40, 3, some, 1);
      assertThat(Arrays.copyOfRange(some, 1, some.length))
          .isEqualTo(Arrays.copyOfRange(all, 40 * 8, 43 * 8));
      assertThatThrownBy(() -> data.read(98, 3, all, 0))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void findsTheDictionary() {
    DictionaryData few = new DictionaryData(200, 32, 48, 3, 1);
    assertThat(DictionaryRecovery.recovery(few, 1)).isBetween(0.4, 0.6); // hardly trained
    DictionaryData data = new DictionaryData(10_000, 32, 48, 3, 1);
    assertThat(DictionaryRecovery.recovery(data, 10)).isGreaterThan(0.9);
  }

  private static double winnersPerSample(String name, Map<String, Object> configuration) {
    ModelFamily family = ModelFamilies.named(name);
    try (Backend backend = Backends.best();
        FeatureExtractor model =
            family.create(
                family.settings().parse(configuration), Shape.of(9), backend, Seed.of(1))) {
      TrainingResult run =
          Trainer.of(model).data(samples()).batch(10).epochs(2).logEvery(1).train();
      return run.last().orElseThrow().winnersPerSample().orElseThrow();
    }
  }

  private static Dataset samples() {
    Random random = new Random(1);
    float[] values = new float[40 * 9];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return MemoryDataset.of("samples", Shape.of(9), values);
  }
}
