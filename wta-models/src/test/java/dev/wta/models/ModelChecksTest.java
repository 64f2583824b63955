package dev.wta.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.wta.api.tensor.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every family on the class path, on every backend, through every one of {@link ModelChecks}. */
class ModelChecksTest {
  @TempDir private Path directory;

  /**
   * Small models of each family; {@link #everyFamilyIsChecked} fails for a family that is not here.
   */
  static final Map<String, List<Map<String, Object>>> CONFIGURATIONS =
      Map.ofEntries(
          Map.entry(
              "fc-wta",
              List.of(
                  Map.of("hidden", 8, "lifetime", 0.2, "tied", true, "init", 0.3),
                  Map.of("hidden", 8, "competition", "topk(3)", "tied", false, "init", 0.3),
                  Map.of("hidden", 8, "competition", "batchtopk(3)", "tied", true, "init", 0.3),
                  Map.of("hidden", List.of(9, 7), "lifetime", 0.3, "tied", false, "init", 0.5))),
          Map.entry(
              "autoencoder",
              List.of(
                  Map.of("hidden", 8, "tied", true, "init", 0.3),
                  Map.of("hidden", List.of(8, 6), "tied", false, "init", 0.5))),
          Map.entry(
              "conv-wta",
              List.of(
                  Map.of("layers", "4conv3-4deconv3", "pool", "none", "decoder-init", 0.4),
                  Map.of(
                      "layers",
                      "3conv3-5conv1-4conv3-4deconv5",
                      "lifetime",
                      0.4,
                      "pool",
                      "2/2",
                      "decoder-init",
                      0.4),
                  Map.of(
                      "layers", "3conv3-3deconv3", "competition", "spatial", "decoder-init", 0.4),
                  Map.of("layers", "3conv3-3deconv3", "competition", "none", "decoder-init", 0.4))),
          Map.entry(
              "stacked",
              List.of(
                  Map.of(
                      "layers",
                      List.of(
                          layer("fc-wta", Map.of("hidden", 8, "lifetime", 0.2)),
                          layer("k-sparse", Map.of("hidden", 7, "k", 3)))))),
          Map.entry(
              "k-sparse",
              List.of(
                  Map.of("hidden", 8, "k", 3, "alpha", 2, "init", 0.3),
                  Map.of("hidden", List.of(9, 8), "k", 3, "alpha", 0, "tied", false, "init", 0.5))),
          Map.entry(
              "denoising-autoencoder",
              List.of(
                  Map.of("hidden", 8, "masking", 0.3, "init", 0.3),
                  Map.of("hidden", 8, "masking", 0.2, "dropout", 0.2, "tied", false, "init", 0.3))),
          Map.entry(
              "dropout-autoencoder", List.of(Map.of("hidden", 12, "dropout", 0.3, "init", 0.3))),
          Map.entry(
              "wta-rbm",
              List.of(
                  Map.of("hidden", 8, "lifetime", 0.5, "plain-steps", 4, "init", 0.3),
                  Map.of("hidden", 8, "competition", "none", "gibbs-steps", 3, "init", 0.3),
                  // Without a competition: winners of 8 units decode to little more than the mean
                  // of these
                  // samples, where it begins.
                  Map.of(
                      "competition",
                      "none",
                      "chains",
                      20,
                      "visible",
                      "sampled",
                      "init",
                      0.3,
                      "hidden",
                      8))),
          Map.entry("roae", List.of(Map.of("hidden", 8), Map.of("hidden", 5, "bound", 0.02))),
          Map.entry(
              "drsae",
              List.of(
                  Map.of("hidden", 8, "iterations", 2, "classes", 3),
                  Map.of("hidden", 5, "iterations", 3, "classes", 4))),
          Map.entry(
              "topk",
              List.of(Map.of("hidden", 8, "k", 3), Map.of("hidden", 12, "k", 2, "aux-weight", 0))),
          // So few winners that all are well above 0, where the loss has a kink.
          Map.entry("batch-topk", List.of(Map.of("hidden", 12, "k", 3))),
          Map.entry(
              "matryoshka",
              List.of(
                  Map.of("hidden", 12, "k", 3, "prefixes", 3),
                  Map.of("hidden", 9, "k", 2, "prefixes", 1))),
          Map.entry("jumprelu", List.of(Map.of("hidden", 8))),
          Map.entry("gated", List.of(Map.of("hidden", 8))),
          Map.entry("standard", List.of(Map.of("hidden", 8))),
          Map.entry(
              "multi-k",
              List.of(
                  Map.of("hidden", 12, "ks", List.of(2, 5), "k-weights", List.of(1, 0.5)),
                  Map.of("hidden", 8, "ks", 3, "k-weights", 2))),
          Map.entry(
              "topk-transcoder",
              List.of(
                  Map.of("hidden", 8, "k", 3, "outputs", 5),
                  Map.of("hidden", 8, "k", 3, "outputs", List.of(1, 4, 4), "skip", true))),
          Map.entry(
              "batch-topk-transcoder",
              List.of(Map.of("hidden", 12, "k", 3, "outputs", 9, "skip", true))),
          Map.entry(
              "matryoshka-transcoder",
              List.of(Map.of("hidden", 12, "k", 3, "prefixes", 3, "outputs", 5, "skip", true))),
          Map.entry(
              "multi-k-transcoder",
              List.of(
                  Map.of("hidden", 9, "ks", "2, 4", "k-weights", "1, 0.5", "outputs", 4),
                  Map.of(
                      "hidden",
                      9,
                      "ks",
                      "1, 3, 5",
                      "k-weights",
                      "1, 1, 1",
                      "outputs",
                      4,
                      "skip",
                      true))),
          Map.entry(
              "jumprelu-transcoder", List.of(Map.of("hidden", 8, "outputs", 5, "skip", true))),
          Map.entry("gated-transcoder", List.of(Map.of("hidden", 8, "outputs", 5, "skip", true))),
          Map.entry(
              "standard-transcoder",
              List.of(
                  Map.of("hidden", 8, "outputs", 5),
                  Map.of("hidden", 8, "outputs", 5, "skip", true))),
          Map.entry("my-k-sparse", List.of(Map.of("units", 8, "k", 3))),
          Map.entry("lifetime-sae", List.of(Map.of("hidden", 8, "k", 3, "share", 0.5))));

  /** The samples of families that do not take vectors. */
  static final Map<String, Shape> SAMPLES = Map.of("conv-wta", Shape.of(1, 3, 3));

  static final Shape VECTOR = Shape.of(9);

  private static Map<String, Object> layer(String family, Map<String, Object> settings) {
    Map<String, Object> layer = new TreeMap<>(settings);
    layer.putAll(Map.of("model", family, "batch", 10, "epochs", 2));
    return layer;
  }

  @TestFactory
  Stream<DynamicContainer> checks() {
    return ModelFamilies.all().stream()
        .flatMap(
            family ->
                CONFIGURATIONS.get(family.name()).stream().map(given -> checks(family, given)));
  }

  @Test
  void everyFamilyIsChecked() {
    assertThat(CONFIGURATIONS)
        .containsOnlyKeys(ModelFamilies.all().stream().map(ModelFamily::name).toList());
  }

  private DynamicContainer checks(ModelFamily family, Map<String, Object> given) {
    return dynamicContainer(
        family.name() + " " + new TreeMap<>(given),
        TestBackends.NAMES.stream()
            .flatMap(
                backend ->
                    new TreeMap<>(ModelChecks.ALL)
                        .entrySet().stream()
                            .filter(check -> suits(check.getKey(), family))
                            .map(
                                check ->
                                    dynamicTest(
                                        backend + ": " + check.getKey(),
                                        () ->
                                            check
                                                .getValue()
                                                .run(
                                                    new ModelChecks(
                                                        family,
                                                        given,
                                                        SAMPLES.getOrDefault(family.name(), VECTOR),
                                                        backend),
                                                    Files.createTempDirectory(
                                                        directory, "check"))))));
  }

  private static boolean suits(String check, ModelFamily family) {
    return !family.trainsByLayer() || !ModelChecks.OF_WHOLE_MODELS.contains(check);
  }
}
