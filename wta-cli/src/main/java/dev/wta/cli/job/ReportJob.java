package dev.wta.cli.job;

import dev.wta.api.ProbeListener;
import dev.wta.api.WtaException;
import dev.wta.cli.terminal.Console;
import dev.wta.data.Dataset;
import dev.wta.data.arrow.DatasetFile;
import dev.wta.eval.report.RunReport;
import dev.wta.models.Encoder;
import dev.wta.models.run.RunConfig;
import dev.wta.models.run.RunDirectory;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Writes a run's report. */
public final class ReportJob {
  private final RunDirectory run;
  private final Optional<Dataset> samples;
  private final Encoder encoder;
  private final ProbeListener listener;
  private final Console screen;

  /**
   * A job.
   *
   * @param samples to look at; the training data if empty
   */
  @Inject
  ReportJob(
      RunDirectory run,
      Optional<Dataset> samples,
      Encoder encoder,
      ProbeListener listener,
      Console screen) {
    this.run = run;
    this.samples = samples;
    this.encoder = encoder;
    this.listener = listener;
    this.screen = screen;
  }

  /**
   * Writes the report.
   *
   * @param out the folder to write into
   */
  public RunReport.Summary run(Path out) {
    RunReport report = RunReport.of(run, encoder).listen(listener);
    if (samples.isPresent()) {
      return report.data(samples.get()).write(out);
    }
    try (Dataset data = trainingData()) {
      return report.data(data).write(out);
    } catch (NoTrainingDataException none) {
      String why =
          "%s Give them, or other samples of shape %s, with --data to see what needs samples."
              .formatted(none.getMessage(), encoder.sampleShape());
      screen.note(why);
      return report.withoutData(why).write(out);
    }
  }

  /** The data that the run was trained on, if they are still where they were. */
  private Dataset trainingData() throws NoTrainingDataException {
    RunConfig config = run.config();
    String name = String.valueOf(config.data().get("name"));
    Path path;
    try {
      path = Path.of(name);
    } catch (InvalidPathException noFile) {
      throw new NoTrainingDataException(
          "The training data were '%s', no file.".formatted(name), noFile);
    }
    if (!Files.exists(path)) {
      throw new NoTrainingDataException(
          "The training data are not to be found here: there is no '%s'.".formatted(name), null);
    }
    Dataset data;
    try {
      data = DatasetFile.open(path);
    } catch (WtaException unreadable) {
      throw new NoTrainingDataException(
          "The training data cannot be read: %s.".formatted(unreadable.problem()), unreadable);
    }
    if (!data.digest().equals(config.data().get("digest"))) {
      data.close();
      throw new NoTrainingDataException(
          "'%s' does not hold the data any more that the run was trained on.".formatted(name),
          null);
    }
    return data;
  }

  /** Says in a sentence why there are none. */
  private static final class NoTrainingDataException extends Exception {
    private static final long serialVersionUID = 1;

    NoTrainingDataException(String why, Exception cause) {
      super(why, cause);
    }
  }
}
