package dev.wta.models.shard.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.Model;
import dev.wta.models.Target;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.run.RunConfig;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.sae.TopKSae;
import dev.wta.models.sae.TranscoderSettings;
import dev.wta.models.settings.SettingsRecord;
import dev.wta.models.shard.CheckpointPlace;
import dev.wta.models.shard.LocalPlace;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingResult;
import dev.wta.models.training.TrainingSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardedCheckpointTest {
  private static final Dataset DATA = TestData.vectors(100, 12);
  private static final Dataset TARGETS = TestData.targets(100, Shape.of(7));
  private static final TopKSae.Settings MODEL =
      TopKSae.Settings.DEFAULTS.hidden(50).k(3).deadAfter(40);
  private static final TrainingSettings TRAINING =
      TrainingSettings.of(TopKSae.FAMILY)
          .parse(Map.of("epochs", 5, "batch", 32, "preprocess", List.of("scale", "mean-norm")));

  @TempDir private Path folder;

  private static ShardedRunner runner() {
    return new ShardedRunner(MODEL, TRAINING, DATA, "cpu");
  }

  private static ShardedRunner transcoding() {
    SettingsRecord<?> model = TranscoderSettings.of(MODEL, TARGETS.sampleShape()).skip(true);
    return new ShardedRunner(model, TRAINING, DATA, "cpu").towards(Optional.of(TARGETS));
  }

  private static void assertSame(Map<String, float[]> found, Map<String, float[]> expected) {
    assertThat(found).containsOnlyKeys(expected.keySet());
    found.forEach((name, values) -> assertThat(values).as(name).isEqualTo(expected.get(name)));
  }

  @Test
  void aTrainingThatEndsAnywhereResumesToTheSameBitsOnAnyNumberOfRanks() {
    Map<String, float[]> never = runner().train(2).parameters();
    for (long steps : new long[] {1, 6, 17}) {
      CheckpointPlace place = new LocalPlace(folder.resolve("at-" + steps));
      runner().keeping(place).stoppingAfter(steps).train(4);
      assertSame(runner().keeping(place).train(3).parameters(), never);
      assertSame(runner().keeping(place).train(1).parameters(), never); // it was done
    }
  }

  /** A place whose files stop coming after so many. */
  @SuppressWarnings("ArrayRecordComponent") // a plain carrier, never compared
  private record Breaking(CheckpointPlace place, int most, int[] created)
      implements CheckpointPlace {
    @Override
    public OutputStream create(String name) throws IOException {
      synchronized (created) {
        if (created[0]++ >= most) {
          throw new IOException("the disk is full");
        }
      }
      return place.create(name);
    }

    @Override
    public InputStream open(String name) throws IOException {
      return place.open(name);
    }

    @Override
    public List<String> names() throws IOException {
      return place.names();
    }

    @Override
    public void delete(String name) throws IOException {
      place.delete(name);
    }
  }

  @Test
  void aCheckpointThatFailsLeavesTheOneBefore() {
    Map<String, float[]> never = runner().train(2).parameters();
    int files = 8 + 1 + 1; // blocks, what is common, the sign that it is complete
    for (int more : new int[] {0, 1, 5, 9}) {
      CheckpointPlace place = new LocalPlace(folder.resolve("after-" + more));
      CheckpointPlace breaking = new Breaking(place, 2 * files + more, new int[1]);
      assertThatThrownBy(() -> runner().keeping(breaking).train(2))
          .isInstanceOf(WtaException.class);
      assertThat(new ShardedCheckpoint(place).last().orElseThrow().state().step()).isEqualTo(8);
      assertSame(runner().keeping(place).train(2).parameters(), never);
    }
  }

  @Test
  void aCompletionThatWasCutShortIsNone() throws IOException {
    LocalPlace place = new LocalPlace(folder);
    runner().keeping(place).stoppingAfter(6).train(2);
    assertThat(place.names()).hasSize(10).contains("4.block-7", "4.common", "4.complete.json");
    try (OutputStream out = place.create("8.complete.json")) {
      out.write("{\"step\": 8".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(new ShardedCheckpoint(place).last().orElseThrow().name()).isEqualTo("4");
  }

  @Test
  void aFlippedBitIsNoticed() throws IOException {
    LocalPlace place = new LocalPlace(folder);
    runner().keeping(place).stoppingAfter(6).train(2);
    Path file = folder.resolve("4.block-5");
    byte[] bytes = Files.readAllBytes(file);
    for (int at = 0; at < bytes.length; at += 1 + bytes.length / 20) {
      bytes[at] ^= 1;
      Files.write(file, bytes);
      bytes[at] ^= 1;
      assertThatThrownBy(() -> runner().keeping(place).train(2))
          .as("byte %d", at)
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("4.block-5 is damaged");
    }
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 3));
    assertThatThrownBy(() -> runner().keeping(place).train(2))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("4.block-5 is damaged");
  }

  @Test
  void anotherModelsCheckpointIsRefused() {
    LocalPlace place = new LocalPlace(folder);
    runner().keeping(place).stoppingAfter(6).train(2);
    assertThatThrownBy(
            () ->
                new ShardedRunner(MODEL.hidden(51), TRAINING, DATA, "cpu").keeping(place).train(2))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("that this training has not");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aCheckpointBecomesARunThatPlainTrainingResumes(boolean transcodes) {
    LocalPlace place = new LocalPlace(folder.resolve("place"));
    ShardedRunner whole = transcodes ? transcoding() : runner();
    Map<String, float[]> never = whole.train(2).parameters();
    (transcodes ? transcoding() : runner()).keeping(place).stoppingAfter(10).train(3);
    Optional<Preprocessing> ofTargets = whole.target().map(Target::fitted);
    Path directory = folder.resolve("run");
    try (Backend backend = TestBackends.open("cpu", 1)) {
      RunConfig config =
          ShardedRun.config(
              whole.model(),
              DATA.sampleShape(),
              TRAINING,
              whole.fitted(),
              RunConfig.describe(DATA, DATA.digest()),
              whole
                  .target()
                  .map(target -> RunConfig.describe(target, TARGETS.digest()))
                  .orElse(Map.of()),
              backend);
      LocalPlace to = new LocalPlace(directory);
      ShardedRun.assemble(place, to, config, whole.fitted(), ofTargets);
      RunDirectory run = RunDirectory.open(directory);
      assertThat(run.state().orElseThrow().step()).isEqualTo(8);
      try (Model model = run.loadModel(backend)) {
        Trainer trainer = Trainer.of(model).settings(TRAINING).data(DATA).to(directory);
        if (transcodes) {
          trainer.target(TARGETS);
        }
        TrainingResult result = trainer.resume().train();
        assertThat(result.steps()).isEqualTo(20);
        model
            .parameters()
            .forEach(
                parameter -> {
                  float[] values = backend.memory().download(parameter.value());
                  for (int i = 0; i < values.length; i++) {
                    assertThat((double) values[i])
                        .as(parameter.name())
                        .isCloseTo(never.get(parameter.name())[i], within(1e-5));
                  }
                });
      }
      assertThatThrownBy(() -> ShardedRun.assemble(place, to, config, whole.fitted(), ofTargets))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("already holds a run");
      assertThat(RunDirectory.holdsRun(directory)).isTrue();
    }
  }
}
