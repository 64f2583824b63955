package dev.wta.cli.job;

import dev.wta.cli.terminal.Announcement;
import dev.wta.cli.terminal.Console;
import dev.wta.cli.terminal.Interruption;
import dev.wta.data.Dataset;
import dev.wta.models.Encoder;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingListener;
import dev.wta.models.training.TrainingResult;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.util.List;

/** Trains a model on a data set into a run directory, stopping and saving when asked to end. */
public final class TrainingJob {
  private final TrainingRequest request;
  private final Encoder model;
  private final Dataset data;
  private final List<TrainingListener> listeners;
  private final Console screen;

  @Inject
  public TrainingJob(
      TrainingRequest request,
      @Named("train") Dataset data,
      Encoder model,
      List<TrainingListener> listeners,
      Console screen) {
    this.request = request;
    this.model = model;
    this.data = data;
    this.listeners = listeners;
    this.screen = screen;
  }

  /** Trains to the end, or until the process is asked to end. */
  public TrainingResult run() {
    Trainer trainer =
        Trainer.of(model)
            .data(data)
            .settings(request.settings().training())
            .to(request.out())
            .resume(request.resume())
            .listen(new Announcement(screen, data.name()));
    listeners.forEach(trainer::listen);
    Interruption interruption = Interruption.asking(trainer::requestStop);
    try {
      TrainingResult run = trainer.train();
      if (run.status() == TrainingResult.Status.STOPPED) {
        screen.print("");
        screen.print("stopped and saved at step %,d; go on with:".formatted(run.steps()));
        screen.print("  " + resumeCommand());
      }
      return run;
    } finally {
      interruption.done();
    }
  }

  private String resumeCommand() {
    return "wta train --resume --data %s --out %s".formatted(request.data(), request.out());
  }
}
