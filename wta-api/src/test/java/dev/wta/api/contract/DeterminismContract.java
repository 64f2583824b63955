package dev.wta.api.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.contract.support.Programs;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The same bits whatever the number of threads, and the same again. */
public interface DeterminismContract extends Contract {

  @TestFactory
  default Stream<DynamicTest> resultsDoNotDependOnTheThreads() {
    return Programs.all()
        .map(
            program ->
                DynamicTest.dynamicTest(
                    program.name(),
                    () -> {
                      List<float[]> expected = run(program, 1);
                      for (int threads : threads()) {
                        List<float[]> actual = run(program, threads);
                        for (int i = 0; i < expected.size(); i++) {
                          assertThat(actual.get(i))
                              .as("result %d with %d threads", i, threads)
                              .isEqualTo(expected.get(i));
                        }
                      }
                    }));
  }

  private List<float[]> run(Programs.Program program, int threads) {
    try (Backend backend = openBackend(threads)) {
      return program.run().apply(backend);
    }
  }
}
