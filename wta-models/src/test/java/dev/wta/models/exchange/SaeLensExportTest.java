package dev.wta.models.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.Features;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.TestBackends;
import dev.wta.models.io.Safetensors;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.training.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A trained run, exported and imported again, has the same codes of samples as they are. */
class SaeLensExportTest {
  private static final int INPUTS = 12;
  private static final int LATENTS = 20;
  private static final int SAMPLES = 64;
  private static final double TOLERANCE = 1e-5;

  @TempDir Path directory;

  private Path trained(Backend backend, String name, Map<String, ?> settings, String... steps) {
    ModelFamily family = ModelFamilies.named(name);
    Path run = directory.resolve("run");
    try (Dataset samples = samples();
        Model model =
            (Model)
                family.create(
                    family.settings().parse(settings), Shape.of(INPUTS), backend, Seed.of(3))) {
      Trainer.of(model)
          .data(samples)
          .preprocessing(Preprocessing.fit(List.of(steps), samples))
          .batch(16)
          .epochs(5)
          .to(run)
          .train();
    }
    return run;
  }

  /** Off the origin and of no unit's scale. */
  private static Dataset samples() {
    Random random = new Random(5);
    float[] values = new float[SAMPLES * INPUTS];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (3 * random.nextGaussian() + i % INPUTS - 2);
    }
    return MemoryDataset.of("samples", Shape.of(INPUTS), values);
  }

  @ParameterizedTest
  @CsvSource({
    "standard, weighted, standard, b_enc",
    "topk, free, topk, b_enc",
    "topk, unit, topk, b_enc",
    "topk, weighted, topk, b_enc",
    "batch-topk, weighted, jumprelu, b_enc threshold",
    "batch-topk, free, jumprelu, b_enc threshold",
    "matryoshka, weighted, jumprelu, b_enc threshold",
    "jumprelu, weighted, jumprelu, b_enc threshold",
    "gated, unit, gated, b_gate r_mag b_mag",
  })
  void codesSurviveTheWayThereAndBack(
      String family, String rows, String architecture, String tensors) {
    try (Backend backend = TestBackends.open("cpu", 1)) {
      Map<String, Object> settings =
          family.contains("topk") || family.equals("matryoshka")
              ? Map.of("hidden", LATENTS, "decoder-rows", rows, "k", 4)
              : Map.of("hidden", LATENTS, "decoder-rows", rows);
      if (family.equals("matryoshka")) {
        settings = Map.of("hidden", LATENTS, "decoder-rows", rows, "k", 4, "prefixes", 2);
      }
      Path run = trained(backend, family, settings, "center", "mean-norm");
      Path exported = directory.resolve("exported");
      assertThat(SaeLensExport.write(RunDirectory.open(run), backend, exported))
          .isEqualTo(architecture);
      try (Safetensors file = Safetensors.open(exported.resolve("sae_weights.safetensors"))) {
        assertThat(file.names())
            .containsExactlyInAnyOrderElementsOf(
                List.of(("W_enc W_dec b_dec " + tensors).split(" ")));
        assertThat(file.shape("W_enc")).isEqualTo(Shape.of(INPUTS, LATENTS));
      }
      Path back = directory.resolve("back");
      ImportedSae sae = SaeFormat.recognise(exported).read(exported);
      sae.write(back, backend);
      boolean rescaled = family.equals("topk") && rows.equals("weighted");
      requireSame(backend, run, back, rescaled);
    }
  }

  /** Where SAELens rescales, its codes are ours times the lengths of D's rows. */
  private static void requireSame(Backend backend, Path run, Path back, boolean rescaled) {
    try (Dataset samples = samples();
        Model before = RunDirectory.open(run).loadModel(backend);
        Model after = RunDirectory.open(back).loadModel(backend);
        Features expected = before.encode(samples);
        Features found = after.encode(samples)) {
      float[] codes = backend.memory().download(expected.values());
      float[] again = backend.memory().download(found.values());
      float[] rows = backend.memory().download(before.decoderFilters());
      float divisor = divisor(before.preprocessing().orElseThrow());
      float largest = 0;
      for (int i = 0; i < codes.length; i++) {
        if (rescaled) {
          codes[i] *= (float) (SaeWeights.length(rows, i % LATENTS, INPUTS) * divisor);
        }
        largest = Math.max(largest, codes[i]);
      }
      assertThat(largest).isPositive();
      for (int i = 0; i < codes.length; i++) {
        assertThat(again[i] != 0).as("active at %d", i).isEqualTo(codes[i] != 0);
        assertThat((double) Math.abs(again[i] - codes[i])).isLessThanOrEqualTo(TOLERANCE * largest);
      }
      float[] wanted = before.reconstruct(samples);
      float[] made = after.reconstruct(samples);
      for (int i = 0; i < wanted.length; i++) {
        assertThat(made[i]).isCloseTo(wanted[i], offset(1e-3f));
      }
    }
  }

  /** What the fitted steps divide a sample by: exported rows of D are longer by that. */
  private static float divisor(Preprocessing fitted) {
    float[] zero = new float[INPUTS];
    float[] one = new float[INPUTS];
    Arrays.fill(one, 1);
    fitted.apply(zero, 1, Shape.of(INPUTS));
    fitted.apply(one, 1, Shape.of(INPUTS));
    return 1 / (one[0] - zero[0]);
  }

  @Test
  void whatCannotBeFoldedIsRefusedByName() {
    try (Backend backend = TestBackends.open("cpu", 1)) {
      Path run = trained(backend, "topk", Map.of("hidden", LATENTS, "k", 4), "l2");
      Path exported = directory.resolve("exported");
      assertThatThrownBy(() -> SaeLensExport.write(RunDirectory.open(run), backend, exported))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("the pre-processing 'l2' cannot be folded into weights");
      assertThat(Files.exists(exported)).isFalse();
    }
  }

  @Test
  void otherModelsAreRefusedByName() {
    try (Backend backend = TestBackends.open("cpu", 1)) {
      Path run = trained(backend, "fc-wta", Map.of("hidden", "20"), "l2");
      assertThatThrownBy(() -> SaeLensExport.write(RunDirectory.open(run), backend, directory))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("holds a fc-wta, which SAELens has not");
    }
  }
}
