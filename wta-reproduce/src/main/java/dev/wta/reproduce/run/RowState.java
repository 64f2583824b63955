package dev.wta.reproduce.run;

import dev.wta.reproduce.Measured;
import dev.wta.reproduce.Recipe;
import dev.wta.reproduce.RecipeRuns;
import dev.wta.reproduce.Representation;
import dev.wta.reproduce.Row;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The state of a row of a table, according to its folder.
 *
 * @param stage what is done of it
 * @param seconds what it has cost so far: wall time of its trainings, and of its measurement where
 *     that is done
 * @param measured its figure, where it is done
 */
public record RowState(Row row, Stage stage, double seconds, Optional<Measured> measured) {

  /** What is done of a row. */
  public enum Stage {
    /** Measured, and kept. */
    DONE,
    /** The model is trained, and not measured yet. */
    TRAINED,
    /** The training was begun, and resumes where it was stopped. */
    BEGUN,
    /** Nothing is done yet. */
    WAITING,
    /**
     * The run of the row's name has other settings, as an earlier version may have left it: to be
     * deleted before the row can be measured.
     */
    OTHER_RECIPE,
    /** Not measured at this scale. */
    OTHER_SCALE,
    /** Only quoted. */
    QUOTED;

    /** The name as users read it. */
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /** The rows of a request. Nothing is opened, imported or measured for it. */
  public static List<RowState> of(Reproduction.Request request) {
    FinishedRows finished =
        new FinishedRows(
            request.folder().resolve(request.table().name() + ".json"),
            request.scale(),
            request.seed());
    RecipeRuns.Clock clock = RecipeRuns.Clock.in(request.folder());
    return request.rows().stream().map(row -> of(row, request, finished, clock)).toList();
  }

  private static RowState of(
      Row row, Reproduction.Request request, FinishedRows finished, RecipeRuns.Clock clock) {
    if (!row.isMeasuredAt(request.scale())) {
      Stage stage = row.experiment().isEmpty() ? Stage.QUOTED : Stage.OTHER_SCALE;
      return new RowState(row, stage, 0, Optional.empty());
    }
    Optional<ReproducedRow> kept = finished.find(row);
    if (kept.isPresent()) {
      return new RowState(
          row, Stage.DONE, kept.get().seconds(), Optional.of(kept.get().measured()));
    }
    Optional<Recipe> recipe = row.representation().map(Representation::recipe);
    Stage stage =
        recipe
            .map(r -> RecipeRuns.progress(request.folder(), r, request.scale(), request.seed()))
            .map(RowState::stage)
            .orElse(Stage.WAITING);
    double seconds =
        stage == Stage.WAITING ? 0 : recipe.map(r -> clock.seconds(r.name())).orElse(0.0);
    return new RowState(row, stage, seconds, Optional.empty());
  }

  private static Stage stage(RecipeRuns.Progress training) {
    return switch (training) {
      case NONE -> Stage.WAITING;
      case BEGUN -> Stage.BEGUN;
      case TRAINED -> Stage.TRAINED;
      case OTHER_RECIPE -> Stage.OTHER_RECIPE;
    };
  }
}
