package dev.wta.models.sae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.Memory;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.StepOutput;
import dev.wta.models.TestBackends;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.io.Safetensors;
import dev.wta.models.optimizer.Adam;
import dev.wta.models.optimizer.OptimizerState;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Codes, losses, gradients and ten steps of Adam agree with what SAELens and dictionary_learning
 * computed from the same weights and batches; {@code oracles/training/README.md} says how.
 */
class TrainingOraclesTest {
  private static final int STEPS = 10;
  private static final int SAMPLES = 64;
  private static final int INPUTS = 32;
  private static final int OUTPUTS = 24; // of transcoders
  private static final int UNITS = 96;
  private static final double RATE = 1e-3;
  private static final int DEAD_AFTER = 1 << 24; // more than ten batches: who is dead is given

  private static final Map<String, Object> SAELENS =
      Map.of("decoder-rows", "weighted", "loss-scale", "none");
  private static final Map<String, Object> SAELENS_WINNERS =
      with(SAELENS, "aux-weight", 1, "aux-scale", "dead", "dead-counted", "before", "k", 8);
  private static final Map<String, Object> DICTIONARY_LEARNING =
      Map.of("decoder-rows", "unit", "loss-scale", "none");
  private static final Map<String, Object> DICTIONARY_LEARNING_WINNERS =
      with(
          with(DICTIONARY_LEARNING, "k", 8, "aux-weight", 1.0 / 32),
          "aux-signed",
          false,
          "aux-scale",
          "residual");

  /**
   * A training that another tool did.
   *
   * @param file its results
   * @param family what stands for it here
   * @param settings that say how it learns
   * @param clip the length that it shortens gradients to; 0 for none
   * @param names its names of our parameters
   */
  private record Case(
      String file,
      String family,
      Map<String, Object> settings,
      double clip,
      Map<String, String> names) {}

  private static final Map<String, String> MATRICES =
      Map.of(
          "encoder.weight", "W_enc",
          "encoder.bias", "b_enc",
          "decoder.weight", "W_dec",
          "decoder.bias", "b_dec");
  private static final Map<String, String> LINEAR =
      Map.of(
          "encoder.weight", "encoder.weight",
          "encoder.bias", "encoder.bias",
          "decoder.weight", "decoder.weight",
          "decoder.bias", "b_dec");

  private static final Map<String, String> SKIP = named(MATRICES, "skip.weight", "W_skip");
  private static final Map<String, String> GATED_SKIP =
      named(SKIP, "magnitude.log-scale", "r_mag", "magnitude.bias", "b_mag");
  private static final Map<String, Object> SEVERAL =
      with(
          with(SAELENS, "ks", List.of(8, 24), "k-weights", List.of(1, 0.125)),
          "aux-weight",
          1,
          "aux-scale",
          "dead",
          "dead-counted",
          "before");

  private static List<Case> cases() {
    return List.of(
        new Case("saelens-topk", "topk", SAELENS_WINNERS, 1, MATRICES),
        new Case(
            "saelens-topk-no-rescale",
            "topk",
            with(SAELENS_WINNERS, "aux-weight", 1.0 / 32, "decoder-rows", "free"),
            1,
            MATRICES),
        new Case("saelens-batchtopk", "batch-topk", SAELENS_WINNERS, 1, MATRICES),
        new Case(
            "saelens-matryoshka",
            "matryoshka",
            with(SAELENS_WINNERS, "prefixes", 3, "prefix-weight", 1),
            1,
            MATRICES),
        new Case(
            "saelens-standard",
            "standard",
            with(SAELENS, "sparsity", 0.1, "sparsity-warmup", 0),
            1,
            MATRICES),
        new Case(
            "saelens-gated",
            "gated",
            with(SAELENS, "sparsity", 0.1, "sparsity-warmup", 0, "gate-decoder", "learns"),
            1,
            named(
                MATRICES,
                "encoder.bias",
                "b_gate",
                "magnitude.log-scale",
                "r_mag",
                "magnitude.bias",
                "b_mag")),
        new Case(
            "saelens-jumprelu",
            "jumprelu",
            with(
                with(SAELENS, "sparsity", 0.05, "sparsity-warmup", 0, "bandwidth", 0.2),
                "sparsity-loss",
                "step",
                "kernel-to-encoder",
                false),
            1,
            named(MATRICES, "threshold", "threshold")),
        new Case(
            "saelens-jumprelu-quadratic",
            "jumprelu",
            with(
                with(SAELENS, "sparsity", 0.05, "sparsity-warmup", 0, "bandwidth", 0.2),
                "sparsity-loss",
                "quadratic",
                "target-l0",
                8,
                "kernel-to-encoder",
                false),
            1,
            named(MATRICES, "threshold", "threshold")),
        new Case(
            "saelens-jumprelu-tanh",
            "jumprelu",
            with(
                with(SAELENS, "sparsity", 0.05, "sparsity-warmup", 0, "bandwidth", 2),
                "sparsity-loss",
                "tanh",
                "kernel-to-encoder",
                true,
                "pre-activation-weight",
                0.01,
                "dead-counted",
                "before"),
            1,
            named(MATRICES, "threshold", "threshold")),
        new Case("dictionary_learning-topk", "topk", DICTIONARY_LEARNING_WINNERS, 1, LINEAR),
        new Case(
            "dictionary_learning-batchtopk", "batch-topk", DICTIONARY_LEARNING_WINNERS, 1, LINEAR),
        new Case(
            "dictionary_learning-matryoshka",
            "matryoshka",
            with(DICTIONARY_LEARNING_WINNERS, "prefixes", 3, "prefix-weight", 1.0 / 9),
            1,
            MATRICES),
        new Case(
            "dictionary_learning-standard",
            "standard",
            with(DICTIONARY_LEARNING, "sparsity", 0.1, "sparsity-warmup", 0),
            0,
            named(LINEAR, "decoder.bias", "bias")),
        new Case("topk-transcoder", "topk-transcoder", SAELENS_WINNERS, 1, MATRICES),
        new Case("topk-skip-transcoder", "topk-transcoder", skip(SAELENS_WINNERS), 1, SKIP),
        new Case("batch-topk-transcoder", "batch-topk-transcoder", SAELENS_WINNERS, 1, MATRICES),
        new Case(
            "matryoshka-skip-transcoder",
            "matryoshka-transcoder",
            with(skip(SAELENS_WINNERS), "prefixes", 3, "prefix-weight", 1),
            1,
            SKIP),
        new Case(
            "jumprelu-skip-transcoder",
            "jumprelu-transcoder",
            with(
                with(skip(SAELENS), "sparsity", 0.05, "sparsity-warmup", 0, "bandwidth", 0.2),
                "sparsity-loss",
                "step",
                "kernel-to-encoder",
                false),
            1,
            named(SKIP, "threshold", "threshold")),
        new Case(
            "gated-skip-transcoder",
            "gated-transcoder",
            with(skip(SAELENS), "sparsity", 0.1, "sparsity-warmup", 0, "gate-decoder", "learns"),
            1,
            GATED_SKIP),
        new Case(
            "gated-frozen-skip-transcoder",
            "gated-transcoder",
            with(skip(SAELENS), "sparsity", 0.1, "sparsity-warmup", 0, "gate-decoder", "frozen"),
            1,
            GATED_SKIP),
        new Case(
            "standard-transcoder",
            "standard-transcoder",
            with(SAELENS, "sparsity", 0.1, "sparsity-warmup", 0),
            1,
            MATRICES),
        new Case("multi-k", "multi-k", SEVERAL, 1, MATRICES),
        new Case("multi-k-skip-transcoder", "multi-k-transcoder", skip(SEVERAL), 1, SKIP));
  }

  private static Map<String, Object> skip(Map<String, Object> settings) {
    return with(settings, "skip", true);
  }

  private static Map<String, Object> with(Map<String, Object> settings, Object... more) {
    Map<String, Object> all = new LinkedHashMap<>(settings);
    for (int i = 0; i < more.length; i += 2) {
      all.put((String) more[i], more[i + 1]);
    }
    return all;
  }

  private static Map<String, String> named(Map<String, String> names, String... more) {
    Map<String, String> all = new LinkedHashMap<>(names);
    for (int i = 0; i < more.length; i += 2) {
      all.put(more[i], more[i + 1]);
    }
    return all;
  }

  @TestFactory
  Stream<DynamicTest> theSameCodesLossesGradientsAndSteps() {
    return TestBackends.NAMES.stream()
        .flatMap(
            backend ->
                cases().stream()
                    .map(
                        one ->
                            DynamicTest.dynamicTest(
                                backend + ": " + one.file, () -> check(backend, one))));
  }

  private static void check(String backendName, Case one) {
    try (Safetensors oracle = open(one.file);
        Safetensors batches = open("batches");
        Safetensors wanted = open("targets");
        Backend backend = TestBackends.open(backendName, 2);
        Model model = model(backend, one, oracle);
        Tape tape = Tape.recording(backend, Seed.of(1));
        Tensor x = backend.memory().allocate(Shape.of(SAMPLES, INPUTS));
        Tensor target = backend.memory().allocate(Shape.of(SAMPLES, OUTPUTS));
        OptimizerState optimizer =
            new OptimizerState(
                Adam.rate(RATE),
                one.clip,
                backend.update(),
                backend.memory(),
                model.parameters())) {
      float[] inputs = batches.values("batches");
      float[] targets = wanted.values("targets");
      float[] losses = oracle.values(oracle.names().contains("loss") ? "loss" : "loss.loss");
      for (int step = 0; step < STEPS; step++) {
        int from = step * SAMPLES * INPUTS;
        backend.memory().upload(Arrays.copyOfRange(inputs, from, from + SAMPLES * INPUTS), 0, x);
        tape.reset(step);
        StepOutput output;
        if (model.target().isPresent()) {
          int first = step * SAMPLES * OUTPUTS;
          backend
              .memory()
              .upload(Arrays.copyOfRange(targets, first, first + SAMPLES * OUTPUTS), 0, target);
          output = model.stepTowards(tape, x, target);
        } else {
          output = model.step(tape, x);
        }
        assertThat(output.loss().value())
            .as("loss of step %d", step + 1)
            .isCloseTo(losses[step], within(1e-5 * losses[step]));
        tape.backward(output.loss());
        if (step == 0) {
          checkCode(model, output, x, oracle);
          checkGradients(one, model, tape, oracle);
        }
        optimizer.step(tape, RATE, step + 1);
        if (step == 0) {
          checkParameters(one, model, "after1.", oracle);
        }
      }
      checkParameters(one, model, "after10.", oracle);
    }
  }

  /** A model that stands where the other tool's did, its dead latents included. */
  private static Model model(Backend backend, Case one, Safetensors oracle) {
    ModelFamily family = ModelFamilies.named(one.family);
    Map<String, Object> settings = with(one.settings, "hidden", UNITS, "dead-after", DEAD_AFTER);
    if (family.transcodes()) {
      settings = with(settings, "outputs", OUTPUTS);
    }
    Model model =
        (Model)
            family.create(family.settings().parse(settings), Shape.of(INPUTS), backend, Seed.of(1));
    for (Parameter parameter : model.parameters()) {
      if (parameter.learnt()) {
        float[] values = theirs(one, parameter, "initial.", oracle);
        backend.memory().upload(values, 0, parameter.value());
      } else if (parameter.name().equals("silence") && oracle.names().contains("dead")) {
        float[] silent = oracle.values("dead");
        for (int u = 0; u < UNITS; u++) {
          silent[u] *= DEAD_AFTER;
        }
        backend.memory().upload(silent, 0, parameter.value());
      }
    }
    return model;
  }

  private static void checkCode(Model model, StepOutput output, Tensor x, Safetensors oracle) {
    Memory memory = model.backend().memory();
    boolean competes =
        model.settings().toMap().keySet().stream().anyMatch(List.of("k", "ks")::contains);
    float[] code;
    try (Tensor features = memory.allocate(Shape.of(SAMPLES, UNITS))) {
      if (competes) { // by what they compete by
        Winners winners = output.winners().orElseThrow();
        model.backend().sparse().scatter(winners, winners.values(), features);
      } else {
        model.encodePrepared(x, features);
      }
      code = memory.download(features);
    }
    agree("code", code, oracle.values("features"));
    boolean alone =
        !model.parameters().stream().anyMatch(state -> state.name().equals("threshold.batches"));
    if (alone) { // what a sample gets does not depend on the batch
      try (Tensor drawn = memory.allocate(model.reconstructionShape().batch(SAMPLES))) {
        model.reconstruct(x, drawn);
        agree("reconstruction", memory.download(drawn), oracle.values("reconstruction"));
      }
    }
  }

  private static void checkGradients(Case one, Model model, Tape tape, Safetensors oracle) {
    Backend backend = model.backend();
    for (Parameter parameter : model.parameters()) {
      if (parameter.learnt()) {
        Gradient gradient = tape.gradient(parameter).orElseThrow();
        try (Tensor out = backend.memory().allocate(parameter.value().shape())) {
          switch (gradient) {
            case Gradient.Dense dense ->
                backend.memory().copy(dense.values().reshape(out.shape()), out);
            case Gradient.Factored factored -> backend.sparse().materialise(factored, 0, out);
          }
          agree(
              "gradient of " + parameter.name(),
              backend.memory().download(out),
              theirs(one, parameter, "gradient.", oracle));
        }
      }
    }
  }

  /** To 1e-5 of the largest. */
  private static void agree(String what, float[] ours, float[] theirs) {
    float largest = 0;
    for (float value : theirs) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(ours).as(what).containsExactly(theirs, within(1e-5f * largest));
  }

  private static void checkParameters(Case one, Model model, String when, Safetensors oracle) {
    for (Parameter parameter : model.parameters()) {
      if (parameter.learnt()) {
        assertThat(model.backend().memory().download(parameter.value()))
            .as(when + parameter.name())
            .containsExactly(theirs(one, parameter, when, oracle), within(1e-5f));
      }
    }
  }

  /** The other tool's numbers of a parameter, in our layout. */
  private static float[] theirs(Case one, Parameter parameter, String when, Safetensors oracle) {
    String name = when + one.names.get(parameter.name());
    float[] values = oracle.values(name);
    Shape shape = parameter.value().shape();
    if (oracle.shape(name).equals(shape)) {
      return values;
    }
    int rows = shape.rows();
    int columns = shape.rowSize();
    float[] turned = new float[values.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        turned[i * columns + j] = values[j * rows + i];
      }
    }
    return turned;
  }

  private static Safetensors open(String name) {
    URL file = TrainingOraclesTest.class.getResource("/oracles/training/" + name + ".safetensors");
    try {
      return Safetensors.open(Path.of(file.toURI()));
    } catch (URISyntaxException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
