package dev.wta.models.tutorial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.competition.Competitions;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The code of the guide on extending: a user's jar adds a competition and a model without touching
 * this project.
 */
class TutorialTest {
  private static final Path SOURCES = Path.of("src/test/java/dev/wta/models/tutorial");

  @Test
  void aConfigurationNamesOnesOwnCompetition() {
    assertThat(Competitions.parse("both(3, 0.5)")).isEqualTo(new Both(3, 0.5));
    assertThat(Competitions.parse(new Both(3, 0.5).text())).isEqualTo(new Both(3, 0.5));
    ModelFamily family = ModelFamilies.named("fc-wta");
    Map<String, Object> configuration = Map.of("hidden", 12, "competition", "both(3, 0.25)");
    assertThat(winnersPerSample(family, configuration)).isPositive().isLessThanOrEqualTo(3);
  }

  @Test
  void aConfigurationNamesOnesOwnModel() {
    assertThat(winnersPerSample(ModelFamilies.named("my-k-sparse"), Map.of("units", 12, "k", 2)))
        .isPositive()
        .isLessThanOrEqualTo(2);
  }

  @Test
  void aConfigurationNamesOnesOwnSparseAutoencoder() {
    ModelFamily family = ModelFamilies.named("lifetime-sae");
    Map<String, Object> configuration = Map.of("hidden", 12, "k", 2, "k-aux", 2, "dead-after", 20);
    assertThat(winnersPerSample(family, configuration)).isPositive().isLessThanOrEqualTo(2);
    assertThat(family.settings().names()).contains("decoder-rows", "k", "share", "aux-weight");
  }

  @Test
  void noneIsLong() throws IOException {
    assertThat(linesOfCode("Both.java")).isLessThanOrEqualTo(35);
    assertThat(linesOfCode("KSparse.java")).isLessThanOrEqualTo(65);
    assertThat(linesOfCode("LifetimeSae.java")).isLessThanOrEqualTo(60);
  }

  private static double winnersPerSample(ModelFamily family, Map<String, Object> configuration) {
    try (Backend backend = TestBackends.reference();
        Model model =
            (Model)
                family.create(
                    family.settings().parse(configuration), Shape.of(9), backend, Seed.of(1))) {
      TrainingResult run =
          Trainer.of(model).data(TestData.vectors(40, 9)).batch(10).epochs(2).train();
      return run.last().orElseThrow().winnersPerSample().orElseThrow();
    }
  }

  /** Lines that are neither empty nor imports. */
  private static long linesOfCode(String file) throws IOException {
    return Files.readAllLines(SOURCES.resolve(file)).stream()
        .filter(line -> !line.isBlank() && !line.startsWith("import "))
        .count();
  }
}
