package dev.wta.cli.terminal;

import dev.wta.api.WtaException;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingResult;
import java.io.IOException;
import java.nio.file.Path;

/** A training that people watch: it shows its progress, and Ctrl-C stops and saves it. */
public final class WatchedTraining {
  private WatchedTraining() {}

  /**
   * Trains to the end, or until the process is asked to end.
   *
   * @param trainer with its settings and data; its run is set here
   * @param data what messages call the data
   * @param sources the file of the data, with options for more, as the command that resumes the run
   *     has it; null where they are a stream, from which none is resumed
   * @param out the run's folder
   * @throws WtaException as {@link Trainer#train} does; where a file failed, as on a full disk, its
   *     remedy ends with the command that resumes the run
   */
  public static TrainingResult run(
      Trainer trainer, String data, String sources, Path out, Console screen) {
    trainer.to(out).listen(new Announcement(screen, data));
    try (ProgressDisplay progress = new ProgressDisplay(screen);
        Interruption _ = Interruption.asking(trainer::requestStop)) {
      TrainingResult run = trainer.listen(progress).train();
      if (run.status() == TrainingResult.Status.STOPPED) {
        screen.print("");
        screen.print("stopped and saved at step %,d; resume with:".formatted(run.steps()));
        screen.print(
            sources == null
                ? "  wta train --from %s --data MORE.arrow --out NEW".formatted(out)
                : "  " + resuming(sources, out));
      }
      return run;
    } catch (WtaException failed) {
      boolean resumable =
          sources != null && failed.getCause() instanceof IOException && RunDirectory.holdsRun(out);
      throw resumable
          ? new WtaException(
              failed.problem(),
              "%s, then resume with '%s'".formatted(failed.remedy(), resuming(sources, out)),
              failed)
          : failed;
    }
  }

  private static String resuming(String sources, Path out) {
    return "wta train --resume --data %s --out %s".formatted(sources, out);
  }
}
