package dev.wta.reproduce.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.reproduce.ExperimentScale;
import dev.wta.reproduce.Laboratory;
import dev.wta.reproduce.Reported;
import dev.wta.reproduce.Representation;
import dev.wta.reproduce.Row;
import dev.wta.reproduce.StateFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The stage of each row of a table. */
class RowStateTest extends ReproductionTestCase {
  @Test
  void tellsTheStageOfEachRow() {
    Row quoted = Row.quoted("others", Reported.recalled(3));
    Row later = ALL.only(ExperimentScale.FULL);
    Row trainedOnly =
        Row.measured("second", Reported.recalled(1), FEATURES, (lab, features) -> Optional.empty());
    Reproduction.Request request = request(FEW, quoted, trainedOnly, later);

    assertThat(RowState.of(request).stream().map(RowState::stage))
        .containsExactly(
            RowState.Stage.WAITING,
            RowState.Stage.QUOTED,
            RowState.Stage.WAITING,
            RowState.Stage.OTHER_SCALE);
    assertThat(folder.resolve("out")).doesNotExist();

    ReproducedTable result = new Reproduction(request, backend, counting).run();
    List<RowState> states = RowState.of(request);
    assertThat(states.get(0).stage()).isEqualTo(RowState.Stage.DONE);
    assertThat(states.get(0).measured()).contains(result.rows().get(0).measured());
    assertThat(states.get(0).seconds()).isEqualTo(result.rows().get(0).seconds());
    assertThat(states.get(2).stage()).isEqualTo(RowState.Stage.TRAINED);
    assertThat(states.get(2).seconds()).isPositive();
  }

  @Test
  void tellsDeletedRunsAndThoseOfAnotherRecipe() throws Exception {
    Row trainedOnly =
        Row.measured(
            "second",
            Reported.recalled(1),
            FEATURES,
            (lab, features) -> {
              lab.run(RECIPE);
              return Optional.empty();
            });
    new Reproduction(request(trainedOnly), backend, counting).run();
    Path runs = folder.resolve("out/smoke-seed1");
    double seconds = RowState.of(request(trainedOnly)).getFirst().seconds();

    Row longer =
        Row.measured(
            "second",
            Reported.recalled(1),
            Representation.of(RECIPE.with("epochs", 3, 3, 3)),
            Laboratory::error);
    RowState other = RowState.of(request(longer)).getFirst();
    assertThat(other.stage()).isEqualTo(RowState.Stage.OTHER_RECIPE);
    assertThat(other.seconds()).isEqualTo(seconds);

    Files.move(runs.resolve("tiny"), runs.resolve("elsewhere"));
    RowState gone = RowState.of(request(longer)).getFirst();
    assertThat(gone.stage()).isEqualTo(RowState.Stage.WAITING);
    assertThat(gone.seconds()).isZero();

    StateFile clock = new StateFile(runs.resolve("training.json"));
    clock.write(Map.of("tiny", Map.of("seconds", 1e6, "finished", true)));
    new Reproduction(request(longer), backend, counting).run();
    assertThat(RowState.of(request(longer)).getFirst().seconds()).isBetween(0.0, 1e5);
  }
}
