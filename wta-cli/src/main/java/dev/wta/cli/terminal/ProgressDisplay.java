package dev.wta.cli.terminal;

import dev.wta.models.run.BestEpoch;
import dev.wta.models.training.Measurement;
import dev.wta.models.training.StepReport;
import dev.wta.models.training.TrainingInfo;
import dev.wta.models.training.TrainingListener;
import dev.wta.models.training.TrainingRun;
import java.io.PrintStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Shows how far training is: one line drawn over and over on a terminal, a line now and then
 * elsewhere.
 */
public final class ProgressDisplay implements TrainingListener, AutoCloseable {
  private static final Duration DRAWN_EVERY = Duration.ofMillis(100);
  private static final Duration PRINTED_EVERY = Duration.ofSeconds(10);
  private static final double NEWEST_WEIGHT = 0.2; // of the newest interval in the speed shown

  private final PrintStream err;
  private final Terminal terminal;
  private final LongSupplier nanoTime;
  private final long every;

  private String unit = "samples";
  private String part = "";
  private int epochs;
  private double loss = Double.NaN;
  private double validation = Double.NaN;
  private long shownAt;
  private long shownStep;
  private long samplesSince;
  private double stepsPerSecond;
  private double samplesPerSecond;
  private boolean drawn;
  private String preparation = "";
  private long preparationBegan;

  public ProgressDisplay(PrintStream err, Terminal terminal) {
    this(err, terminal, System::nanoTime);
  }

  ProgressDisplay(PrintStream err, Terminal terminal, LongSupplier nanoTime) {
    this.err = err;
    this.terminal = terminal;
    this.nanoTime = nanoTime;
    this.every = (terminal.interactive() ? DRAWN_EVERY : PRINTED_EVERY).toNanos();
  }

  @Override
  public void preparing(String stage, long done, long total) {
    long now = nanoTime.getAsLong();
    if (!stage.equals(preparation)) {
      preparation = stage;
      preparationBegan = now;
      if (!terminal.interactive()) {
        err.println(stage);
      }
    } else if (now - shownAt < every) {
      return;
    }
    shownAt = now;
    if (terminal.interactive()) {
      Duration left =
          Duration.ofNanos((long) ((now - preparationBegan) * ((double) (total - done) / done)));
      String line =
          done == 0
              ? stage
              : "%s  %d %%  %s left".formatted(stage, 100 * done / total, ProgressLine.clock(left));
      int width = Math.max(1, terminal.remeasured().columns() - 1);
      err.print("\r" + line.substring(0, Math.min(width, line.length())) + "\u001b[K");
      err.flush();
      drawn = true;
    }
  }

  @Override
  public void layerStarted(int layer, int layers) {
    part = "layer %d/%d  ".formatted(layer, layers);
    close(); // what showed the layer before
    loss = Double.NaN;
  }

  @Override
  public void started(TrainingInfo info) {
    close(); // what showed the preparation
    unit = info.model().sampleShape().rank() == 3 ? "images" : "samples";
    begin(info.epochs(), info.stepsDone());
  }

  void begin(int totalEpochs, long stepsDone) {
    epochs = totalEpochs;
    shownStep = stepsDone;
    shownAt = nanoTime.getAsLong();
    loss = Double.NaN; // one display may see several trainings
    validation = Double.NaN;
    stepsPerSecond = 0;
    samplesPerSecond = 0;
    samplesSince = 0;
  }

  @Override
  public void stepped(StepReport report) {
    samplesSince += report.samples();
    long now = nanoTime.getAsLong();
    if (now - shownAt < every) {
      return;
    }
    double seconds = (now - shownAt) / 1e9;
    stepsPerSecond = smoothed(stepsPerSecond, (report.step() - shownStep) / seconds);
    samplesPerSecond = smoothed(samplesPerSecond, samplesSince / seconds);
    show(
        new Progress(
            part,
            report.epoch() + 1,
            epochs,
            report.step() / (double) report.totalSteps(),
            samplesPerSecond,
            loss,
            validation,
            Duration.ofMillis(
                (long) (1000 * (report.totalSteps() - report.step()) / stepsPerSecond))));
    shownAt = now;
    shownStep = report.step();
    samplesSince = 0;
  }

  /** The next training's notes are not to be written after the line. */
  @Override
  public void finished(TrainingRun run) {
    close();
  }

  @Override
  public void measured(Measurement measurement) {
    loss = measurement.loss();
  }

  @Override
  public void validated(double error, BestEpoch best) {
    validation = error;
  }

  /** Takes the line off the terminal, whether training ended well or not. */
  @Override
  public void close() {
    if (drawn) {
      err.print("\r\u001b[K");
      err.flush();
      drawn = false;
    }
  }

  private static double smoothed(double before, double newest) {
    return before == 0 ? newest : (1 - NEWEST_WEIGHT) * before + NEWEST_WEIGHT * newest;
  }

  private void show(Progress progress) {
    if (terminal.interactive()) {
      err.print("\r" + ProgressLine.drawn(progress, unit, terminal.remeasured()) + "\u001b[K");
      err.flush();
      drawn = true;
    } else {
      err.println(ProgressLine.plain(progress, unit));
    }
  }
}
