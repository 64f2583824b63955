package dev.wta.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.backend.cuda.binding.LibrarySearch;
import dev.wta.backend.cuda.device.Launches;
import dev.wta.backend.cuda.host.HostCuda;
import dev.wta.backend.cuda.host.HostCuda.Early;
import dev.wta.backend.cuda.kernel.KernelCache;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.optimizer.Adam;
import dev.wta.models.optimizer.OptimizerState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Models in training: the same bits with and without graphs, and few launches with them. */
class ModelStepsTest {
  private static final int STEPS = 10;
  private static final int SAMPLES = 6;
  private static final Shape VECTOR = Shape.of(9);
  private static final Shape IMAGE = Shape.of(1, 6, 6);

  private HostCuda host;

  @BeforeEach
  void start() {
    host = HostCuda.orSkip();
    System.setProperty(KernelCache.PROPERTY, "off");
  }

  @AfterEach
  void forget() {
    System.clearProperty(Launches.PROPERTY);
    if (host != null) {
      host.runEarly(Early.NOTHING);
    }
  }

  /**
   * Models whose steps ask the device for nothing before they end, and the drawing ones of them.
   */
  static List<Arguments> models() {
    return List.of(
        Arguments.of("fc-wta", Map.of("hidden", 8, "lifetime", 0.2, "tied", true), VECTOR),
        Arguments.of("fc-wta", Map.of("hidden", 8, "competition", "topk(3)"), VECTOR),
        Arguments.of("fc-wta", Map.of("hidden", 8, "competition", "batchtopk(3)"), VECTOR),
        Arguments.of("fc-wta", Map.of("hidden", List.of(9, 7), "tied", false), VECTOR),
        Arguments.of("conv-wta", Map.of("layers", "3conv3-4conv3-4deconv3", "pool", "2/2"), IMAGE),
        Arguments.of("k-sparse", Map.of("hidden", 8, "k", 3), VECTOR),
        Arguments.of("denoising-autoencoder", Map.of("hidden", 8, "masking", 0.3), VECTOR),
        Arguments.of("dropout-autoencoder", Map.of("hidden", 8, "dropout", 0.3), VECTOR),
        Arguments.of("topk", Map.of("hidden", 8, "k", 3), VECTOR),
        Arguments.of("batch-topk", Map.of("hidden", 8, "k", 3), VECTOR),
        Arguments.of("matryoshka", Map.of("hidden", 8, "k", 3, "prefixes", 2), VECTOR),
        Arguments.of(
            "multi-k",
            Map.of("hidden", 8, "ks", List.of(2, 4), "k-weights", List.of(1.0, 0.1)),
            VECTOR));
  }

  /** Models whose steps wait for the device in between. */
  static List<Arguments> modelsThatAsk() {
    return List.of(
        Arguments.of("wta-rbm", Map.of("hidden", 8, "lifetime", 0.5, "plain-steps", 4), VECTOR),
        Arguments.of("roae", Map.of("hidden", 8), VECTOR),
        Arguments.of("drsae", Map.of("hidden", 8, "iterations", 2, "classes", 3), VECTOR),
        Arguments.of("topk", Map.of("hidden", 30, "k", 2, "dead-after", 12), VECTOR),
        Arguments.of("jumprelu", Map.of("hidden", 8), VECTOR),
        Arguments.of("gated", Map.of("hidden", 8), VECTOR),
        Arguments.of("standard", Map.of("hidden", 8), VECTOR));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource({"models", "modelsThatAsk"})
  void theBitsDoNotDependOnGraphs(String family, Map<String, Object> settings, Shape sample) {
    List<float[]> expected = train(family, settings, sample, host.search());
    List<float[]> withCublas = train(family, settings, sample, host.searchWithCublas());
    System.setProperty(Launches.PROPERTY, "on");
    host.runEarly(Early.UPLOADS);
    assertThat(train(family, settings, sample, host.search())).containsExactlyElementsOf(expected);
    host.runEarly(Early.KERNELS);
    assertThat(train(family, settings, sample, host.searchWithCublas()))
        .containsExactlyElementsOf(withCublas);
  }

  /** A step is an upload and one graph, with cuBLAS and without. */
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("models")
  void aStepIsOneGraph(String family, Map<String, Object> settings, Shape sample) {
    System.setProperty(Launches.PROPERTY, "on");
    for (LibrarySearch search : List.of(host.search(), host.searchWithCublas())) {
      try (Steps steps = new Steps(family, settings, sample, search)) {
        for (int step = 0; step < 4; step++) {
          steps.take();
        }
        steps.backend.memory().synchronise();
        long made = host.calls("cuGraphInstantiate");
        long graphs = host.calls("cuGraphLaunch");
        for (int step = 0; step < 10; step++) {
          steps.take();
        }
        steps.backend.memory().synchronise();
        assertThat(host.calls("cuGraphLaunch") - graphs).isEqualTo(10);
        assertThat(host.calls("cuGraphInstantiate")).isEqualTo(made);
      }
    }
  }

  /** The losses of the steps, and the parameters after them. */
  private static List<float[]> train(
      String family, Map<String, Object> settings, Shape sample, LibrarySearch search) {
    List<float[]> numbers = new ArrayList<>();
    try (Steps steps = new Steps(family, settings, sample, search)) {
      for (int step = 0; step < STEPS; step++) {
        numbers.add(new float[] {(float) steps.take().loss().value()});
      }
      for (Parameter parameter : steps.model.parameters()) {
        numbers.add(steps.backend.memory().download(parameter.value()));
      }
    }
    return numbers;
  }

  /** A model and all that its training needs. */
  private static final class Steps implements AutoCloseable {
    private static final double RATE = 1e-3;

    final Backend backend;
    final Model model;
    private final Tape tape;
    private final Tensor batch;
    private final OptimizerState adam;
    private final float[] numbers;
    private int steps;

    Steps(String family, Map<String, Object> settings, Shape sample, LibrarySearch search) {
      ModelFamily kind = ModelFamilies.named(family);
      backend = new CudaBackendProvider(search).open(BackendOptions.defaults());
      model = (Model) kind.create(kind.settings().parse(settings), sample, backend, Seed.of(1));
      tape = Tape.recording(backend, Seed.of(1));
      batch = backend.memory().allocate(Shape.of(SAMPLES, Math.toIntExact(sample.size())));
      adam =
          new OptimizerState(
              Adam.rate(RATE), backend.update(), backend.memory(), model.parameters());
      backend.randomness().uniform(Seed.of(7).stream("samples"), batch);
      numbers = backend.memory().download(batch);
    }

    /** Another step, with the samples in another order. */
    StepOutput take() {
      int size = numbers.length;
      for (int i = 0; i < size; i++) {
        numbers[i] = (numbers[i] + 0.1f * (i % 7)) % 1;
      }
      backend.memory().upload(numbers, 0, batch);
      tape.reset(steps);
      StepOutput output = model.step(tape, batch);
      tape.backward(output.loss());
      steps++;
      adam.step(tape, RATE, steps);
      return output;
    }

    @Override
    public void close() {
      adam.close();
      batch.close();
      tape.close();
      model.close();
      backend.close();
    }
  }
}
