package dev.wta.cli.sweep;

import dev.wta.cli.terminal.Console;
import dev.wta.cli.terminal.ProgressDisplay;
import dev.wta.models.run.metrics.Measurement;
import dev.wta.models.training.StepReport;
import dev.wta.models.training.TrainingInfo;
import dev.wta.models.training.TrainingListener;
import java.util.HashSet;
import java.util.Set;

/**
 * Shows the trainings of a sweep as one: the progress is that of the model that is ahead, and a
 * note that is true of several is shown once. Models may report from several threads.
 */
final class SweepProgress implements TrainingListener {
  private final ProgressDisplay display;
  private final Console screen;
  private final Set<String> noted = new HashSet<>();
  private boolean started;
  private long shown;
  private long measured;

  SweepProgress(ProgressDisplay display, Console screen) {
    this.display = display;
    this.screen = screen;
  }

  @Override
  public synchronized void preparing(String stage, long done, long total) {
    display.preparing(stage, done, total);
  }

  @Override
  public synchronized void noted(String note) {
    if (noted.add(note)) {
      screen.note("note: " + note);
    }
  }

  @Override
  public synchronized void started(TrainingInfo info) {
    if (!started) {
      started = true;
      display.started(info);
    }
  }

  @Override
  public synchronized void stepped(StepReport report) {
    if (report.step() > shown) {
      shown = report.step();
      display.stepped(report);
    }
  }

  @Override
  public synchronized void measured(Measurement measurement) {
    if (measurement.step() > measured) {
      measured = measurement.step();
      display.measured(measurement);
    }
  }
}
