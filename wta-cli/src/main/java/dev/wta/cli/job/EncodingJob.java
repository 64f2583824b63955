package dev.wta.cli.job;

import dev.wta.api.ProbeListener;
import dev.wta.data.Dataset;
import dev.wta.models.FeatureWriter;
import dev.wta.models.Model;
import dev.wta.models.run.RunDirectory;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.nio.file.Path;
import java.util.Map;

/** Writes the features that a run's model gives a data set, with its labels if it has any. */
public final class EncodingJob {
  private final RunDirectory run;
  private final Model model;
  private final Dataset data;
  private final ProbeListener listener;

  /** What was written. */
  public record Summary(Path out, int samples, int features, boolean labelled) {}

  @Inject
  EncodingJob(RunDirectory run, @Named("data") Dataset data, Model model, ProbeListener listener) {
    this.run = run;
    this.model = model;
    this.data = data;
    this.listener = listener;
  }

  /**
   * Encodes.
   *
   * @param out the Arrow file to write
   */
  public Summary run(Path out) {
    FeatureWriter.write(
        model,
        data,
        out,
        Map.of("run", run.path().toString()),
        (done, total) -> {
          listener.progressed("encoding", done, total);
          return true;
        });
    return new Summary(out, data.size(), model.features(), data.labelled());
  }
}
