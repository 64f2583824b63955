package dev.wta.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.bench.step.Training;
import dev.wta.workloads.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows of Python's PyTorch, where the environment names a Python. */
class PythonPeerTest {
  private static final double FLOAT32_PERCENT = 0.1;
  private static final double BF16_PERCENT = 0.5;
  private static final int STEPS = 2;

  @ParameterizedTest
  @ValueSource(strings = {"fc-wta-step", "fc-wta-step-untied", "topk-step"})
  void rowsComputeWhatWtaComputes(String name) {
    String python = System.getenv("WTA_PYTHON");
    assumeTrue(python != null, "WTA_PYTHON names no Python");
    List<Double> expected = new ArrayList<>();
    try (Backend backend = Backends.named("cpu", BackendOptions.defaults());
        Training training = Training.of(Workload.named(name).orElseThrow(), backend)) {
      for (int step = 0; step < STEPS; step++) {
        expected.add(training.step());
      }
    }
    List<PeerProgram> rows =
        PeerFolder.find().peers(List.of("python"), Optional.of(Path.of(python)));
    for (PeerProgram row : rows) {
      if (row.name().contains("compiled") || row.name().equals("python-saelens")) {
        continue; // what torch.compile makes of another row; losses of its own
      }
      double percent =
          row.name().contains("autocast") || row.name().contains("bf16")
              ? BF16_PERCENT
              : FLOAT32_PERCENT;
      List<Double> results =
          row.run("results", name, "2", String.valueOf(STEPS)).get("result").stream()
              .map(Double::valueOf)
              .toList();
      assertThat(results).as(row.name()).hasSize(STEPS);
      for (int step = 0; step < STEPS; step++) {
        assertThat(results.get(step))
            .as("%s, step %d", row.name(), step)
            .isCloseTo(expected.get(step), withinPercentage(percent));
      }
    }
  }
}
