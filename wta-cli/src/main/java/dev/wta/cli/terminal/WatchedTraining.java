package dev.wta.cli.terminal;

import dev.wta.data.Dataset;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingResult;
import java.nio.file.Path;

/** A training that people watch: it shows its progress, and Ctrl-C stops and saves it. */
public final class WatchedTraining {
  private WatchedTraining() {}

  /**
   * Trains to the end, or until the process is asked to end.
   *
   * @param trainer with its settings; its data and run are set here
   * @param sources the file of {@code data}, with options for more, as the command that resumes the
   *     run has it
   * @param out the run's folder
   */
  public static TrainingResult run(
      Trainer trainer, Dataset data, String sources, Path out, Console screen) {
    trainer.data(data).to(out).listen(new Announcement(screen, data.name()));
    try (ProgressDisplay progress = new ProgressDisplay(screen);
        Interruption _ = Interruption.asking(trainer::requestStop)) {
      TrainingResult run = trainer.listen(progress).train();
      if (run.status() == TrainingResult.Status.STOPPED) {
        screen.print("");
        screen.print("stopped and saved at step %,d; go on with:".formatted(run.steps()));
        screen.print("  wta train --resume --data %s --out %s".formatted(sources, out));
      }
      return run;
    }
  }
}
