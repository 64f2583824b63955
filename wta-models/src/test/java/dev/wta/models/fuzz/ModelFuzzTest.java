package dev.wta.models.fuzz;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.tutorial.MyModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every family with random settings: the CPU against the reference, 1 thread against 3, and a
 * training that was stopped against one that was not. {@code -Dwta.fuzz.models=100} makes it 100
 * cases a family, {@code -Dwta.fuzz.seed=7} others, {@code -Dwta.fuzz.family=topk} those of one
 * family.
 */
class ModelFuzzTest {
  private static final int CASES = Integer.getInteger("wta.fuzz.models", 6);
  private static final long FIRST_SEED = Long.getLong("wta.fuzz.seed", 1);
  private static final String FAMILY = System.getProperty("wta.fuzz.family", "");

  /** Those of the tutorial, which users' own families stand for: their settings are not known. */
  private static final List<String> TUTORIAL =
      new MyModels().families().stream().map(ModelFamily::name).toList();

  @TempDir private Path directory;

  @TestFactory
  Stream<DynamicTest> cases() {
    return ModelFamilies.all().stream()
        .map(ModelFamily::name)
        .filter(name -> FAMILY.isEmpty() ? !TUTORIAL.contains(name) : name.equals(FAMILY))
        .flatMap(
            name ->
                LongStream.range(FIRST_SEED, FIRST_SEED + CASES)
                    .mapToObj(seed -> dynamicTest(name + " " + seed, () -> check(name, seed))));
  }

  private void check(String family, long seed) throws Exception {
    ModelCase random = ModelCase.of(family, seed);
    try {
      new Lockstep(random).check();
      new TrainedRuns(random, Files.createTempDirectory(directory, "case")).check();
    } catch (AssertionError | RuntimeException failed) {
      String line =
          failed.getMessage().lines().map(String::strip).reduce("", (a, b) -> a + " " + b);
      throw new AssertionError(random.command() + " fails:" + line, failed);
    }
  }
}
