package dev.wta.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

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
  private static final Map<String, List<Map<String, Object>>> CONFIGURATIONS =
      Map.of(
          "fc-wta",
              List.of(
                  Map.of("hidden", 8, "lifetime", 0.2, "tied", true, "init", 0.3),
                  Map.of("hidden", 8, "competition", "topk(3)", "tied", false, "init", 0.3),
                  Map.of("hidden", 8, "competition", "batchtopk(3)", "tied", true, "init", 0.3),
                  Map.of("hidden", List.of(9, 7), "lifetime", 0.3, "tied", false, "init", 0.5)),
          "autoencoder",
              List.of(
                  Map.of("hidden", 8, "tied", true, "init", 0.3),
                  Map.of("hidden", List.of(8, 6), "tied", false, "init", 0.5)),
          "k-sparse", List.of(Map.of("units", 8, "k", 3)));

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
                            .map(
                                check ->
                                    dynamicTest(
                                        backend + ": " + check.getKey(),
                                        () ->
                                            check
                                                .getValue()
                                                .run(
                                                    new ModelChecks(family, given, backend),
                                                    Files.createTempDirectory(
                                                        directory, "check"))))));
  }
}
