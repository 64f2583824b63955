package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.data.Dataset;
import dev.wta.data.arrow.DatasetFile;
import dev.wta.models.roae.Roae;
import dev.wta.models.run.RunDirectory;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A rank-ordered autoencoder, trained and measured by commands. */
class RanksTest {
  @TempDir static Path directory;

  @BeforeAll
  static void train() throws IOException {
    TinyData.importInto(directory, "train", 200, 1);
    for (String family : new String[] {"roae", "autoencoder"}) {
      Wta.in(directory)
          .succeed(
              "train",
              "--model",
              family,
              "--data",
              "train.arrow",
              "--out",
              family,
              "--set",
              "hidden=12",
              "--set",
              "epochs=3",
              "--set",
              "log-every=1");
    }
  }

  @Test
  void theErrorFallsWithTheNumberOfUnits() throws IOException {
    Wta.Result ranks =
        Wta.in(directory).succeed("ranks", "--run", "roae", "--data", "train.arrow", "--json");
    JsonNode json = new ObjectMapper().readTree(ranks.out());
    assertThat(json.get("samples").asInt()).isEqualTo(200);
    assertThat(json.get("units").asInt()).isEqualTo(12);
    assertThat(json.get("error")).hasSize(12);
    assertThat(json.get("error").get(11).asDouble())
        .isPositive()
        .isLessThan(json.get("error").get(0).asDouble());
  }

  @Test
  void aRunOfPatchesIsMeasuredOnPatches() throws IOException {
    Wta.in(directory)
        .succeed(
            "train",
            "--model",
            "roae",
            "--data",
            "train.arrow",
            "--out",
            "patches",
            "--set",
            "patch=3",
            "--set",
            "hidden=6",
            "--set",
            "epochs=1");
    String[] ranks = {"ranks", "--run", "patches", "--data", "train.arrow", "--json"};
    String first = Wta.in(directory).succeed(ranks).out();
    assertThat(new ObjectMapper().readTree(first).get("error")).hasSize(6);
    assertThat(Wta.in(directory).succeed(ranks).out()).isEqualTo(first);
    TinyData.importInto(directory, "many", 1100, 2); // more than between two reports of progress
    ranks[4] = "many.arrow";
    JsonNode errors = new ObjectMapper().readTree(Wta.in(directory).succeed(ranks).out());
    try (Backend backend = Backends.named("reference", BackendOptions.defaults());
        Roae model = (Roae) RunDirectory.open(directory.resolve("patches")).loadModel(backend);
        Dataset samples = DatasetFile.open(directory.resolve("many.arrow"))) {
      double[] atOnce = model.errorByRank(samples);
      for (int r = 0; r < 6; r++) {
        assertThat(errors.get("error").get(r).asDouble()).isCloseTo(atOnce[r], offset(1e-5));
      }
    }
  }

  @Test
  void rendersConvergenceOutputsAndSamples() throws IOException {
    Wta.in(directory)
        .succeed("ranks", "--run", "roae", "--data", "train.arrow", "--out", "pictures");
    Path pictures = directory.resolve("pictures");
    assertThat(pictures.resolve("convergence.svg"))
        .content()
        .contains("Error of a sample by epoch", "the data, at the end");
    assertThat(pictures.resolve("outputs.svg")).content().contains("Outputs of the units");
    BufferedImage patches = ImageIO.read(pictures.resolve("patches.png").toFile());
    int zoom = 8; // ten numbers of units and the sample itself, of 6x6 pixels
    assertThat(patches.getWidth()).isEqualTo(11 * (6 + 1) * zoom + zoom);
    BufferedImage errors = ImageIO.read(pictures.resolve("errors.png").toFile());
    assertThat(errors.getWidth()).isEqualTo(3 * zoom + 2 * zoom); // three epochs
    assertThat(errors.getHeight()).isEqualTo(4 * 4 * zoom + 2 * zoom); // 1, 5, 10 and all units
  }

  @Test
  void thereIsATableForPeople() {
    Wta.Result ranks = Wta.in(directory).succeed("ranks", "--run", "roae", "--data", "train.arrow");
    assertThat(ranks.out())
        .contains("error of 200 samples")
        .containsPattern("\n +1  \\d\\.\\d{3}\n")
        .containsPattern("\nall +12  \\d\\.\\d{3}\n");
  }

  @Test
  void otherModelsHaveNoRanks() {
    assertThat(Wta.in(directory).fail("ranks", "--run", "autoencoder", "--data", "train.arrow"))
        .contains("autoencoder is a run of 'autoencoder', whose units have no ranks");
  }
}
