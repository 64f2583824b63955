package dev.wta.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads on one encoder: each answer is that of a thread alone. */
@Timeout(600)
class EncoderThreadsTest {
  private static final int THREADS = 8;
  private static final int SAMPLES = 40;

  private final ExecutorService threads =
      Executors.newFixedThreadPool(THREADS, Thread.ofPlatform().daemon(true).factory());

  @AfterEach
  void endThreads() {
    threads.shutdownNow();
  }

  /** A model of a family, trained a little, so that it has states and pre-processing. */
  record Case(String family, Map<String, Object> settings, Shape sample, String backend) {
    @Override
    public String toString() {
      return family + " " + settings + " on " + backend;
    }

    private FeatureExtractor trained(Backend on, Dataset data) {
      ModelFamily kind = ModelFamilies.named(family);
      FeatureExtractor model = kind.create(kind.settings().parse(settings), sample, on, Seed.of(1));
      ModelChecks.trainer(model, data).train();
      return model;
    }
  }

  static Stream<Case> cases() {
    return ModelChecksTest.CONFIGURATIONS.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .flatMap(
            entry ->
                entry.getValue().stream()
                    .map(settings -> new Case(entry.getKey(), settings, shape(entry), "cpu")));
  }

  private static Shape shape(Map.Entry<String, ?> family) {
    return ModelChecksTest.SAMPLES.getOrDefault(family.getKey(), ModelChecksTest.VECTOR);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyAnswerIsThatOfOneThread(Case of) throws Exception {
    requests(of, 60);
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("cases")
  void tenThousandRequestsOfEachThread(Case of) throws Exception {
    requests(of, 10_000);
  }

  /** Where requests wait for one another. */
  @ParameterizedTest
  @ValueSource(strings = {"topk", "stacked"})
  void theReferenceServesThreadsToo(String family) throws Exception {
    Case cpu = cases().filter(one -> one.family().equals(family)).findFirst().orElseThrow();
    requests(new Case(family, cpu.settings(), cpu.sample(), "reference"), 30);
  }

  /** Large requests, which all threads of the backend share, beside small ones. */
  @ParameterizedTest
  @ValueSource(strings = {"fc-wta", "topk"})
  void largeRequestsBesideSmallOnes(String family) throws Exception {
    requests(new Case(family, Map.of("hidden", 1024), Shape.of(300), "cpu"), 40);
  }

  private void requests(Case of, int count) throws Exception {
    Dataset data = TestData.patterns(SAMPLES, of.sample());
    float[][] samples = EncoderTest.rows(data);
    try (Backend backend = TestBackends.open(of.backend(), 2);
        FeatureExtractor model = of.trained(backend, data);
        Encoder encoder = Encoder.of(model)) {
      float[][] expected = new float[SAMPLES][];
      Arrays.setAll(expected, i -> encoder.encode(samples[i]));
      List<Future<?>> running = new ArrayList<>();
      CountDownLatch start = new CountDownLatch(THREADS);
      for (int t = 0; t < THREADS; t++) {
        Philox draws = Seed.of(t).stream("requests");
        running.add(
            threads.submit(
                () -> {
                  start.countDown();
                  start.await();
                  for (int i = 0; i < count; i++) {
                    request(encoder, samples, expected, draws, i);
                  }
                  return null;
                }));
      }
      for (Future<?> one : running) {
        one.get(600, TimeUnit.SECONDS);
      }
    }
  }

  /** A sample, dense or sparse, or a batch. */
  private static void request(
      Encoder encoder, float[][] samples, float[][] expected, Philox draws, int i) {
    int from = draws.below(SAMPLES, 2L * i);
    switch (draws.below(4, 2L * i + 1)) {
      case 0 -> {
        int to = Math.min(SAMPLES, from + 1 + i % SAMPLES);
        assertThat(encoder.encode(Arrays.copyOfRange(samples, from, to)))
            .isDeepEqualTo(Arrays.copyOfRange(expected, from, to));
      }
      case 1 ->
          assertThat(encoder.encodeSparse(samples[from]).toDense())
              .isEqualTo(EncoderTest.positiveZeros(expected[from]));
      default -> assertThat(encoder.encode(samples[from])).isEqualTo(expected[from]);
    }
  }

  /** Requests that began end with their result; later ones are refused. */
  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void closingWaitsForRequestsThatRun(String name) throws Exception {
    Dataset data = TestData.vectors(SAMPLES, 30);
    float[][] samples = EncoderTest.rows(data);
    try (Backend backend = TestBackends.open(name, 2);
        FeatureExtractor model =
            new Case("topk", Map.of("hidden", 64, "k", 4), Shape.of(30), name)
                .trained(backend, data);
        Encoder encoder = Encoder.of(model)) {
      float[][] expected = encoder.encode(samples);
      CountDownLatch answered = new CountDownLatch(20);
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        running.add(
            threads.submit(
                () ->
                    assertThatThrownBy(
                            () -> {
                              while (true) {
                                assertThat(encoder.encode(samples)).isDeepEqualTo(expected);
                                answered.countDown();
                              }
                            })
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("the encoder is closed")));
      }
      answered.await();
      Runnable closing = encoder::close;
      closing.run();
      for (Future<?> one : running) {
        one.get(60, TimeUnit.SECONDS);
      }
    }
  }
}
