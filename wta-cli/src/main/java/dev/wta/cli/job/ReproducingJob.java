package dev.wta.cli.job;

import dev.wta.api.ProbeListener;
import dev.wta.api.backend.Backend;
import dev.wta.cli.terminal.Announcement;
import dev.wta.cli.terminal.Console;
import dev.wta.cli.terminal.Interruption;
import dev.wta.models.training.TrainingListener;
import dev.wta.reproduce.ReproductionListener;
import dev.wta.reproduce.run.ReproducedTable;
import dev.wta.reproduce.run.Reproduction;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;

/** Measures a paper's table, stopping and saving when asked to end. */
public final class ReproducingJob {
  private final Reproduction reproduction;

  @Inject
  ReproducingJob(
      Reproduction.Request request,
      Backend backend,
      List<TrainingListener> training,
      ProbeListener probing,
      Console screen) {
    reproduction =
        new Reproduction(request, backend, new Telling(request, screen, training, probing));
  }

  /** Measures to the end, or until the process is asked to end. */
  public ReproducedTable run() {
    Interruption interruption = Interruption.asking(reproduction::requestStop);
    try {
      return reproduction.run();
    } finally {
      interruption.done();
    }
  }

  /** Tells people. */
  private record Telling(
      Reproduction.Request request,
      Console screen,
      List<TrainingListener> training,
      ProbeListener probing)
      implements ReproductionListener {
    @Override
    public void note(String line) {
      screen.note(line);
    }

    @Override
    public List<TrainingListener> training() {
      List<TrainingListener> all = new ArrayList<>(training);
      all.add(new Announcement(screen, request.table().data().name()));
      return all;
    }

    @Override
    public ProbeListener probing() {
      return probing;
    }
  }
}
