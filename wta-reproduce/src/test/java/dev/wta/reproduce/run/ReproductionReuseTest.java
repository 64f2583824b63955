package dev.wta.reproduce.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.random.Seed;
import dev.wta.models.training.StepReport;
import dev.wta.models.training.TrainingListener;
import dev.wta.reproduce.ExperimentScale;
import dev.wta.reproduce.Measured;
import dev.wta.reproduce.Recipe;
import dev.wta.reproduce.Reported;
import dev.wta.reproduce.Representation;
import dev.wta.reproduce.ReproductionListener;
import dev.wta.reproduce.Row;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which earlier runs and results a reproduction reuses, and which it measures again or refuses. */
class ReproductionReuseTest extends ReproductionTestCase {
  @Test
  void measuresNothingTwice() {
    ReproducedTable first = new Reproduction(request(ALL, FEW), backend, counting).run();
    ReproducedTable again = new Reproduction(request(ALL, FEW), backend, counting).run();

    assertThat(trained).hasSize(1);
    for (int i = 0; i < 2; i++) {
      assertThat(again.rows().get(i).measured()).isEqualTo(first.rows().get(i).measured());
      assertThat(again.rows().get(i).seconds()).isEqualTo(first.rows().get(i).seconds());
    }
  }

  @Test
  void measuresARowAgainWhenItsRecipeChanges() {
    new Reproduction(request(ALL, FEW), backend, counting).run();
    Recipe wider = new Recipe("wider", "fc-wta", RECIPE.with("hidden", "9", "9", "9").settings());
    ReproducedTable again = new Reproduction(request(all(wider), FEW), backend, counting).run();

    assertThat(trained).hasSize(2);
    assertThat(trained.getLast()).startsWith("wider");
    assertThat(again.rows().get(0).measured()).isNotNull();

    new Reproduction(request(all(wider), FEW), backend, counting).run();
    assertThat(trained).hasSize(2);
  }

  @Test
  void measuresARowAgainWhenItsFeaturesChange() {
    List<Representation> measured = new ArrayList<>();
    Row.Judgement judgement =
        (lab, features) -> {
          measured.add(features);
          return Optional.of(Measured.of(2));
        };
    Recipe maps = Recipe.of("maps", "conv-wta", Map.of());
    for (String windows : List.of("5/3", "5/3", "11/6")) {
      Representation features = Representation.of(maps).pooled(windows);
      Row row = Row.measured("row", Reported.recalled(1), features, judgement);
      new Reproduction(request(row), backend, counting).run();
    }

    assertThat(measured)
        .containsExactly(
            Representation.of(maps).pooled("5/3"), Representation.of(maps).pooled("11/6"));
  }

  @Test
  void refusesARunOfAnotherRecipe() {
    new Reproduction(request(ALL), backend, counting).run();
    Reproduction longer =
        new Reproduction(request(all(RECIPE.with("epochs", 3, 3, 3))), backend, counting);

    assertThatThrownBy(longer::run)
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("was trained by another recipe: 'epochs' is 2 in the run, and 3 here")
        .hasMessageContaining("delete that folder");
    assertThat(trained).hasSize(1);
  }

  @Test
  void resumesAStoppedReproduction() {
    ReproducedTable whole = new Reproduction(request(ALL, FEW), backend, counting).run();
    Path out = folder.resolve("stopped");
    Reproduction.Request request =
        new Reproduction.Request(
            request(ALL, FEW).table(), ExperimentScale.SMOKE, folder, out, Seed.of(1));
    List<Reproduction> stopping = new ArrayList<>();
    ReproductionListener stopper =
        new ReproductionListener() {
          @Override
          public void note(String line) {}

          @Override
          public List<TrainingListener> training() {
            return List.of(
                new TrainingListener() {
                  @Override
                  public void stepped(StepReport report) {
                    if (report.step() == 3) {
                      stopping.getFirst().requestStop();
                    }
                  }
                });
          }
        };
    stopping.add(new Reproduction(request, backend, stopper));
    ReproducedTable stopped = stopping.getFirst().run();

    assertThat(stopped.finished()).isFalse();
    assertThat(stopped.rows()).allMatch(row -> row.measured() == null);
    assertThat(stopped.markdown()).content().contains("Stopped before the end");

    ReproducedTable resumed = new Reproduction(request, backend, counting).run();
    assertThat(resumed.finished()).isTrue();
    assertThat(resumed.rows().get(0).measured()).isEqualTo(whole.rows().get(0).measured());
    assertThat(resumed.rows().get(1).measured()).isEqualTo(whole.rows().get(1).measured());
  }

  @Test
  void refusesResultsOfOtherData() {
    Row given =
        Row.measured(
            "given",
            Reported.recalled(1),
            FEATURES,
            (lab, features) -> Optional.of(Measured.of(2)));
    new Reproduction(request(given), backend, counting).run();
    write(data, 2);

    assertThatThrownBy(() -> new Reproduction(request(given), backend, counting).run())
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("keeps results of other data");
  }
}
