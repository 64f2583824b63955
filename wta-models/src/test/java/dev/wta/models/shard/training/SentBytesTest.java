package dev.wta.models.shard.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.wta.data.Dataset;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.TestData;
import dev.wta.models.settings.SettingsRecord;
import dev.wta.models.shard.Blocks;
import dev.wta.models.shard.ClusterEstimate;
import dev.wta.models.shard.LocalRanksRunner;
import dev.wta.models.shard.Ranks;
import dev.wta.models.training.TrainingSettings;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What ranks send in a step is what {@link ClusterEstimate} and docs/spark.md's sizing say. */
class SentBytesTest {
  private static final int INPUTS = 20;
  private static final int UNITS = 512;
  private static final int BATCH = 20;
  private static final int STEPS = 4; // of an epoch
  private static final Dataset DATA = TestData.vectors(STEPS * BATCH, INPUTS);

  /** Counts what is given to other ranks. */
  private static final class Counted implements Ranks {
    private final Ranks ranks;
    private long bytes;
    private int exchanges;

    Counted(Ranks ranks) {
      this.ranks = ranks;
    }

    @Override
    public int rank() {
      return ranks.rank();
    }

    @Override
    public int count() {
      return ranks.count();
    }

    @Override
    public ByteBuffer[] exchange(ByteBuffer[] parts) {
      exchanges++;
      for (int r = 0; r < parts.length; r++) {
        bytes += r == rank() ? 0 : parts[r].remaining();
      }
      return ranks.exchange(parts);
    }

    @Override
    public void close() {
      ranks.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"topk, 2, 6, 26", "topk, 4, 6, 26", "fc-wta, 2, 3, 5", "fc-wta, 4, 3, 5"})
  void aStepSendsWhatTheFormulaSays(String name, int ranks, int exchanges, int numbers) {
    ModelFamily family = ModelFamilies.named(name);
    int k = name.equals("topk") ? 8 : 0;
    SettingsRecord<?> model =
        family
            .settings()
            .parse(
                k > 0
                    ? Map.of("hidden", UNITS, "k", k)
                    : Map.of("hidden", UNITS, "competition", "lifetime(0.1)"));
    List<Counted> shorter = train(family, model, ranks, 1);
    List<Counted> longer = train(family, model, ranks, 3);
    long sent = 0;
    for (int r = 0; r < ranks; r++) {
      sent += longer.get(r).bytes - shorter.get(r).bytes;
      assertThat(longer.get(r).exchanges - shorter.get(r).exchanges)
          .isEqualTo(2 * STEPS * exchanges);
    }
    ClusterEstimate.Batch sizes =
        new ClusterEstimate.Batch(BATCH, INPUTS, k, Blocks.of(UNITS).count(), numbers);
    assertThat(sent / (double) (2 * STEPS * ranks))
        .isCloseTo(sizes.bytes(ranks), withinPercentage(0.1));
  }

  private static List<Counted> train(
      ModelFamily family, SettingsRecord<?> model, int count, int epochs) {
    TrainingSettings training =
        TrainingSettings.of(family)
            .parse(Map.of("preprocess", List.of("scale"), "epochs", epochs, "batch", BATCH));
    ShardedRunner runner = new ShardedRunner(model, training, DATA, "cpu");
    return LocalRanksRunner.onRanks(
        count,
        ranks -> {
          Counted counted = new Counted(ranks);
          runner.train(counted);
          return counted;
        });
  }
}
