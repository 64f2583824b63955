package dev.wta.spark;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.io.Safetensors;
import dev.wta.models.run.RunConfig;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.shard.training.UnitShare;
import dev.wta.spark.store.HadoopBytes;
import dev.wta.spark.store.RunStore;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Where an executor gets the shares of a model's units from.
 *
 * @param key differs where the parameters or the configuration do
 * @param run its path, which executors read
 * @param shares how many there are
 * @param conf of Hadoop
 */
record ShareSource(String key, String run, int shares, Broadcast<SerializableConfiguration> conf)
    implements Serializable {
  private static final String PARAMETERS = "model.safetensors";

  /** A run but for its parameters. */
  record Description(RunConfig config, Preprocessing preprocessing) {}

  /**
   * Reads what all shares have in common.
   *
   * @throws WtaException if there is no run, or it has no checkpoint yet
   */
  Description describe() {
    return RunStore.withDescription(
        run,
        conf.value().value(),
        folder -> {
          RunDirectory read = RunDirectory.open(folder);
          if (read.state().isEmpty()) {
            throw new WtaException(
                "%s has no checkpoint yet".formatted(run),
                "wait for its first, or resume its training");
          }
          return new Description(read.config(), read.preprocessing());
        });
  }

  /** Loads a share: its rows of the parameters are read, and no others. */
  UnitShare open(int share, RunConfig config, Backend backend) {
    try (Safetensors parameters =
        Safetensors.open(
            Path.of(run, PARAMETERS), new HadoopBytes(run, PARAMETERS, conf.value().value()))) {
      return UnitShare.load(config, parameters, backend, share, shares);
    } catch (IOException failed) {
      throw RunStore.unreadable(run, failed);
    }
  }
}
