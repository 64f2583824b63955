package dev.wta.cli.terminal;

import dev.wta.api.ProgressListener;
import dev.wta.models.training.TrainingListener;
import dev.wta.reproduce.ReproductionListener;
import java.util.List;

/** Shows how far a reproduction is: its notes, its trainings and its probes. */
public final class ReproductionDisplay implements ReproductionListener, AutoCloseable {
  private final Console screen;
  private final String data;
  private final ProgressDisplay training;
  private final StageDisplay probing;

  /**
   * A display.
   *
   * @param data the name of the data set that is trained on
   */
  public ReproductionDisplay(Console screen, String data) {
    this.screen = screen;
    this.data = data;
    this.training = new ProgressDisplay(screen);
    this.probing = new StageDisplay(screen);
  }

  @Override
  public void note(String line) {
    screen.note(line);
  }

  @Override
  public List<TrainingListener> training() {
    return List.of(training, new Announcement(screen, data));
  }

  @Override
  public ProgressListener probing() {
    return probing;
  }

  /** Takes the last line off the terminal. */
  @Override
  public void close() {
    probing.close();
    training.close();
  }
}
