package dev.wta.bench.step;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.workloads.Workload;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KnownLossesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fc-wta-step",
        "fc-wta-step-untied",
        "trainer-topk",
        "trainer-batch-topk",
        "trainer-matryoshka",
        "trainer-jumprelu",
        "trainer-gated"
      })
  void areWhatTheReferenceComputes(String name) {
    requireKnown(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "topk-step",
        "topk-step-24576x1024",
        "topk-step-24576x4096",
        "conv-wta-step",
        "conv-wta-shallow-step"
      })
  @Tag("slow")
  void areWhatTheReferenceComputesOfLargerModels(String name) {
    requireKnown(name);
  }

  private static void requireKnown(String name) {
    Workload workload = Workload.named(name).orElseThrow();
    List<Double> known = KnownLosses.of(workload);
    try (Backend backend = Backends.named("reference", BackendOptions.defaults());
        Training training = Training.of(workload, backend)) {
      List<Double> computed =
          IntStream.range(0, known.size()).mapToObj(step -> training.step()).toList();
      assertThat(computed).isNotEmpty().isEqualTo(known);
    }
  }
}
