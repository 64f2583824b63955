package dev.wta.models.shard.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.SparseCode;
import dev.wta.api.tensor.SparseCodes;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.data.Dataset;
import dev.wta.models.Encoder;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.io.Safetensors;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.sae.TranscoderSettings;
import dev.wta.models.settings.SettingsRecord;
import dev.wta.models.shard.LocalRanks;
import dev.wta.models.shard.LocalRanksRunner;
import dev.wta.models.shard.model.CodesOfShares;
import dev.wta.models.shard.model.ShardedModel;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShardedEncodingTest {
  private static final int INPUTS = 12;
  private static final int UNITS = 50;
  private static final Dataset DATA = TestData.vectors(70, INPUTS);
  private static final Dataset TARGETS = TestData.targets(70, Shape.of(4));

  @TempDir private Path folder;

  private static SettingsRecord<?> settings(String family) {
    Map<String, Object> given = new LinkedHashMap<>(Map.of("hidden", UNITS));
    ModelFamily known = ModelFamilies.named(family);
    if (known.settings().names().contains("k")) {
      given.put("k", 5);
    }
    if (known.transcodes()) {
      given.putAll(TranscoderSettings.outputs(TARGETS.sampleShape()));
    }
    return known.settings().parse(given);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fc-wta", "topk", "batch-topk", "jumprelu", "standard"})
  void sharesOfARunEncodeAsTheWholeModel(String family) {
    float[] batch = new float[DATA.size() * INPUTS];
    DATA.read(0, DATA.size(), batch, 0);
    Path directory = folder.resolve(family);
    float[] expected;
    try (Backend backend = TestBackends.open("cpu", 1);
        Model model =
            (Model)
                ModelFamilies.named(family)
                    .create(settings(family), DATA.sampleShape(), backend, Seed.of(1))) {
      TrainingSettings training =
          TrainingSettings.of(ModelFamilies.named(family))
              .parse(Map.of("epochs", 3, "batch", 32, "preprocess", List.of()));
      Trainer.of(model).settings(training).data(DATA).to(directory).train();
      try (Tensor x = backend.memory().of(Shape.of(DATA.size(), INPUTS), batch);
          Tensor out = backend.memory().allocate(Shape.of(DATA.size(), UNITS))) {
        model.encodePrepared(x, out);
        expected = backend.memory().download(out);
      }
    }
    for (int count : new int[] {1, 3}) {
      float[] found = new float[expected.length];
      for (WinnerList share :
          LocalRanksRunner.onRanks(count, ranks -> encoded(directory, ranks, batch))) {
        for (int i = 0; i < share.count(); i++) {
          found[share.samples()[i] * UNITS + share.units()[i]] = share.values()[i];
        }
      }
      double active = 0;
      for (int i = 0; i < found.length; i++) {
        assertThat(found[i]).as("element %d", i).isCloseTo(expected[i], within(1e-5f));
        active += found[i] != 0 ? 1 : 0;
      }
      assertThat(active).isGreaterThan(DATA.size());
    }
  }

  private static WinnerList encoded(Path directory, LocalRanks ranks, float[] batch) {
    try (Backend backend = TestBackends.open("cpu", 1);
        ShardedModel share = ShardedRun.load(RunDirectory.open(directory), backend, ranks);
        Tensor x = backend.memory().of(Shape.of(DATA.size(), INPUTS), batch)) {
      return share.encode(x);
    }
  }

  /** Shares in two orders; a batch of many samples and one of few. */
  @ParameterizedTest
  @ValueSource(
      strings = {"fc-wta", "topk", "batch-topk", "jumprelu", "standard", "topk-transcoder"})
  void sharesOneAfterTheOtherEncodeAsTheEncoderToTheBit(String family) {
    Path directory = folder.resolve(family);
    float[][] samples = new float[DATA.size()][INPUTS];
    for (int i = 0; i < samples.length; i++) {
      DATA.read(i, 1, samples[i], 0);
    }
    try (Backend backend = TestBackends.open("cpu", 2);
        Model model =
            (Model)
                ModelFamilies.named(family)
                    .create(settings(family), DATA.sampleShape(), backend, Seed.of(1))) {
      TrainingSettings training =
          TrainingSettings.of(ModelFamilies.named(family))
              .parse(Map.of("epochs", 3, "batch", 32, "preprocess", List.of("scale")));
      Trainer trainer = Trainer.of(model).settings(training).data(DATA).to(directory);
      if (model.target().isPresent()) {
        trainer.target(TARGETS);
      }
      trainer.train();
      RunDirectory run = RunDirectory.open(directory);
      SparseCodes expected;
      try (Encoder encoder = run.encoder(backend)) {
        expected = encoder.encodeSparse(samples);
      }
      assertThat(expected.size()).isGreaterThan(DATA.size());
      for (List<Integer> order : List.of(List.of(0), List.of(0, 1, 2), List.of(2, 0, 1, 3))) {
        CodesOfShares many = null;
        CodesOfShares few = null;
        for (int share : order) {
          try (Safetensors parameters = run.parameters();
              UnitShare units =
                  UnitShare.load(run.config(), parameters, backend, share, order.size())) {
            float[] batch = prepared(run, samples);
            many = many == null ? units.none(DATA.size() - 3) : many;
            few = few == null ? units.none(3) : few;
            units.encode(batch, 0, DATA.size() - 3, many);
            units.encode(batch, DATA.size() - 3, 3, few);
          }
        }
        List<SparseCode> found = new ArrayList<>();
        many.codes().forEach(found::add);
        few.codes().forEach(found::add);
        for (int i = 0; i < samples.length; i++) {
          assertThat(found.get(i)).as("sample %d", i).isEqualTo(expected.row(i));
        }
      }
    }
  }

  private static float[] prepared(RunDirectory run, float[][] samples) {
    float[] flat = new float[samples.length * INPUTS];
    for (int i = 0; i < samples.length; i++) {
      System.arraycopy(samples[i], 0, flat, i * INPUTS, INPUTS);
    }
    run.preprocessing().apply(flat, samples.length, DATA.sampleShape());
    return flat;
  }

  /** Encoder, bias, decoder and silence of its units, and what all ranks have. */
  @ParameterizedTest
  @CsvSource({"1, 50", "2, 25", "3, 18"})
  void aRankHoldsItsShareOnly(int count, int firstUnits) {
    List<Long> floats =
        LocalRanksRunner.onRanks(
            count,
            ranks -> {
              try (Backend backend = TestBackends.open("cpu", 1);
                  ShardedModel share =
                      ShardedModel.of(
                          settings("topk"), DATA.sampleShape(), backend, Seed.of(1), ranks)) {
                long sum = 0;
                for (Parameter parameter : share.parameters()) {
                  sum += parameter.value().size();
                }
                return sum;
              }
            });
    long common = INPUTS + 1;
    assertThat(floats.stream().mapToLong(Long::longValue).sum())
        .isEqualTo((long) UNITS * (2 * INPUTS + 2) + count * common);
    assertThat(floats.getLast()).isLessThanOrEqualTo((long) (firstUnits + 7) * (2 * INPUTS + 2));
  }

  @ParameterizedTest
  @CsvSource({
    "gated, sharded training does not serve gated:",
    "matryoshka, sharded training does not serve matryoshka:",
    "gated-transcoder, sharded training does not serve gated-transcoder:"
  })
  void otherFamiliesAreRefusedByName(String family, String problem) {
    assertRefused(settings(family), problem);
  }

  @Test
  void settingsOfFcWtaThatNeedDenseCodesAreRefused() {
    ModelFamily known = ModelFamilies.named("fc-wta");
    assertRefused(
        known.settings().parse(Map.of("hidden", List.of(30, 20), "tied", false)),
        "with one hidden layer, and 'hidden' has 2");
    assertRefused(
        known.settings().parse(Map.of("competition", "none")),
        "'competition' none is not served by sharded training: its code is dense");
    assertRefused(
        known.settings().parse(Map.of("competition", "topk(5) then lifetime(0.5)")),
        "is not served by sharded training");
  }

  private static void assertRefused(SettingsRecord<?> settings, String problem) {
    try (Backend backend = TestBackends.reference()) {
      assertThatThrownBy(
              () ->
                  ShardedModel.of(
                      settings, DATA.sampleShape(), backend, Seed.of(1), LocalRanks.alone()))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining(problem);
    }
  }
}
