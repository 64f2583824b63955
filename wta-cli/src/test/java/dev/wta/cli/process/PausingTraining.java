package dev.wta.cli.process;

import dev.wta.models.optimizer.Schedule;
import dev.wta.models.optimizer.ScheduleFamily;
import dev.wta.models.optimizer.TrainingProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Adds the schedule {@code pause(100)}, by which a test stops a training where it wants to: after
 * 100 steps the training waits while there is a file {@code pause-100} in the working directory,
 * and continues once it is asked to stop. Otherwise the rate is constant.
 */
public final class PausingTraining implements TrainingProvider {
  @Override
  public List<ScheduleFamily> schedules() {
    return List.of(
        new ScheduleFamily("pause", "pause(100)", call -> new Pausing(call.wholeNumber())));
  }

  /**
   * The schedule.
   *
   * @param after the steps before the pause
   */
  record Pausing(int after) implements Schedule {
    /** The thread that {@code dev.wta.cli.terminal.Interruption} waits for the end in. */
    private static final String STOPPING = "stop-and-save";

    @Override
    public double factor(long step, long totalSteps) {
      Path file = Path.of("pause-" + after);
      while (step == after && Files.exists(file) && !isStopRequested()) {
        sleep();
      }
      return 1;
    }

    private static boolean isStopRequested() {
      return Thread.getAllStackTraces().keySet().stream()
          .anyMatch(
              thread ->
                  thread.getName().equals(STOPPING) && thread.getState() == Thread.State.WAITING);
    }

    private static void sleep() {
      try {
        Thread.sleep(5);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(interrupted);
      }
    }

    @Override
    public String name() {
      return "pause(" + after + ")";
    }
  }
}
