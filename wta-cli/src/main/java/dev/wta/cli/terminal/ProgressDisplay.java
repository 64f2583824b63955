package dev.wta.cli.terminal;

import dev.wta.api.VisibleText;
import dev.wta.models.run.BestEpoch;
import dev.wta.models.run.metrics.Measurement;
import dev.wta.models.training.StepReport;
import dev.wta.models.training.TrainingInfo;
import dev.wta.models.training.TrainingListener;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Shows how far training is: one line that is rewritten on a terminal, a line now and then
 * elsewhere.
 */
public final class ProgressDisplay implements TrainingListener, AutoCloseable {
  private static final Duration DRAWN_EVERY = Duration.ofMillis(100);
  private static final Duration PRINTED_EVERY = Duration.ofSeconds(10);
  private static final double NEWEST_WEIGHT = 0.2; // of the newest interval in the speed shown

  private final Console screen;
  private final LongSupplier nanoTime;
  private final long every;

  private String part = "";
  private int epochs;
  private double loss = Double.NaN;
  private double validation = Double.NaN;
  private long shownAt;
  private long shownStep;
  private long samplesSince;
  private double stepsPerSecond;
  private double samplesPerSecond;
  private String preparation = "";
  private long preparationBegan;

  public ProgressDisplay(Console screen) {
    this(screen, System::nanoTime);
  }

  ProgressDisplay(Console screen, LongSupplier nanoTime) {
    this.screen = screen;
    this.nanoTime = nanoTime;
    this.every = (screen.terminal().interactive() ? DRAWN_EVERY : PRINTED_EVERY).toNanos();
  }

  @Override
  public void preparing(String stage, long done, long total) {
    long now = nanoTime.getAsLong();
    if (!stage.equals(preparation)) {
      preparation = stage;
      preparationBegan = now;
      if (!screen.terminal().interactive()) {
        screen.note(stage);
      }
    } else if (now - shownAt < every) {
      return;
    }
    shownAt = now;
    if (screen.terminal().interactive()) {
      Duration left =
          Duration.ofNanos((long) ((now - preparationBegan) * ((double) (total - done) / done)));
      String line =
          VisibleText.line(
              done == 0
                  ? stage
                  : "%s  %d %%  %s left"
                      .formatted(stage, 100 * done / total, ProgressLine.clock(left)));
      int width = Math.max(1, screen.terminal().remeasured().columns() - 1);
      screen.showLine(line.substring(0, Math.min(width, line.length())));
    }
  }

  @Override
  public void layerStarted(int layer, int layers) {
    part = "layer %d/%d  ".formatted(layer, layers);
    loss = Double.NaN;
  }

  @Override
  public void started(TrainingInfo info) {
    screen.erase(); // what showed the preparation
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
            report.totalSteps() == Long.MAX_VALUE
                ? Double.NaN
                : report.step() / (double) report.totalSteps(),
            samplesPerSecond,
            loss,
            validation,
            Duration.ofMillis(
                (long) (1000 * (report.totalSteps() - report.step()) / stepsPerSecond))));
    shownAt = now;
    shownStep = report.step();
    samplesSince = 0;
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
    screen.erase();
  }

  private static double smoothed(double before, double newest) {
    return before == 0 ? newest : (1 - NEWEST_WEIGHT) * before + NEWEST_WEIGHT * newest;
  }

  private void show(Progress progress) {
    if (screen.terminal().interactive()) {
      screen.showLine(ProgressLine.rendered(progress, screen.terminal().remeasured()));
    } else {
      screen.note(ProgressLine.plain(progress));
    }
  }
}
