package dev.wta.api.contract.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.contract.Contract;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Some random cases of all operations; {@link Fuzz} runs more of them. */
public interface FuzzContract extends Contract {
  long SEED = 1;

  /** How many cases there are: fewer where a backend is slow. */
  default int randomCases() {
    return 600;
  }

  @Test
  default void randomCasesAreAsTheReferenceHasThem() {
    List<Failure> failures = new ArrayList<>();
    try (Fuzzer fuzzer = new Fuzzer(this::openBackend)) {
      for (int index = 0; index < randomCases() && failures.size() < 3; index++) {
        fuzzer
            .run(SEED, index, Map.of())
            .map(new Shrinker(fuzzer)::shrink)
            .ifPresent(failures::add);
      }
    }
    assertThat(failures).as("what tools/fuzz repeats with these options").isEmpty();
  }
}
