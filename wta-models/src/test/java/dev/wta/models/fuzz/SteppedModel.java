package dev.wta.models.fuzz;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.Memory;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.Classifier;
import dev.wta.models.Model;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.optimizer.Optimizer;
import dev.wta.models.optimizer.OptimizerState;
import dev.wta.models.optimizer.Sgd;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model and its optimiser on one backend, a step at a time. All that it remembers can be read as
 * numbers and put into another one.
 */
final class SteppedModel implements AutoCloseable {

  /**
   * One mini-batch.
   *
   * @param targets what a transcoder is to make of them
   * @param labels the samples' classes where the step is one of the second stage, see {@link
   *     Classifier}
   */
  @SuppressWarnings("ArrayRecordComponent") // nothing compares steps
  record Step(
      Shape shape,
      float[] samples,
      Optional<float[]> targets,
      Optional<float[]> labels,
      double rate,
      long number) {
    Step with(float[] others) {
      return new Step(shape, others, targets, labels, rate, number);
    }
  }

  private static final String GRADIENT = "gradient of ";

  private final Model model;
  private final Memory memory;
  private final Tape tape;
  private final OptimizerState optimizer;
  private final double decay;

  SteppedModel(Model model, Optimizer optimizer, Seed seed) {
    Backend backend = model.backend();
    this.model = model;
    this.memory = backend.memory();
    this.tape = Tape.recording(backend, seed);
    this.decay = optimizer instanceof Sgd sgd ? sgd.decay().orElse(0) : 0;
    this.optimizer = new OptimizerState(optimizer, backend.update(), memory, model.parameters());
  }

  /** What is learnt, kept and remembered, by name. */
  Map<String, float[]> state() {
    Map<String, float[]> state = new LinkedHashMap<>();
    tensors().forEach((name, tensor) -> state.put(name, memory.download(tensor)));
    return state;
  }

  void restore(Map<String, float[]> state) {
    tensors().forEach((name, tensor) -> memory.upload(state.get(name), 0, tensor));
  }

  private Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    model.parameters().forEach(parameter -> tensors.put(parameter.name(), parameter.value()));
    tensors.putAll(optimizer.tensors());
    return tensors;
  }

  /** The names of the parameters that an optimiser moves. */
  List<String> learnt() {
    return model.parameters().stream().filter(Parameter::learnt).map(Parameter::name).toList();
  }

  /**
   * How large the terms may be that a gradient is a sum of, or a moment of the optimiser, where
   * more may cancel out than moving the parameters shows: a moment's are those of the gradient and
   * of SGD's decay, whose parts along a row may have been taken out; those of an RBM's gradient are
   * averages of numbers up to 1.
   */
  double terms(String name, Map<String, float[]> results, double rate) {
    double least = model.family().equals("wta-rbm") ? 1 : 0;
    if (name.startsWith(GRADIENT)) {
      return least;
    }
    int dot = name.lastIndexOf('.');
    float[] gradient = dot < 0 ? null : results.get(GRADIENT + name.substring(0, dot));
    if (gradient == null) {
      return rate * least;
    }
    double largest =
        Math.max(least, Lockstep.largest(gradient))
            + decay * Lockstep.largest(results.get(name.substring(0, dot)));
    return switch (name.substring(dot + 1)) {
      case "m" -> largest;
      case "v" -> largest * largest;
      default -> rate * largest;
    };
  }

  /** Does a step. Answers its loss and gradients, and the state after it. */
  Map<String, float[]> learn(Step step) {
    Map<String, float[]> results = new LinkedHashMap<>();
    try (Tensor batch = memory.of(step.shape(), step.samples())) {
      tape.reset(step.number() - 1);
      StepOutput output = output(step, batch);
      tape.backward(output.loss());
      results.put("loss", new float[] {(float) output.loss().value()});
      for (Parameter parameter : model.parameters()) {
        if (parameter.learnt()) {
          tape.gradient(parameter)
              .ifPresent(
                  gradient -> results.put(GRADIENT + parameter.name(), dense(gradient, parameter)));
        }
      }
      optimizer.step(tape, step.rate(), step.number());
      results.putAll(state());
    }
    return results;
  }

  /** What the model makes of the batch with the competition off and on. */
  Map<String, float[]> use(Step step) {
    Map<String, float[]> results = new LinkedHashMap<>();
    try (Tensor batch = memory.of(step.shape(), step.samples())) {
      int samples = step.shape().rows();
      try (Tensor features = memory.allocate(model.featureShape().batch(samples))) {
        model.encodePrepared(batch, features);
        results.put("features", memory.download(features));
      }
      try (Tensor reconstruction = memory.allocate(model.reconstructionShape().batch(samples))) {
        model.reconstruct(batch, reconstruction);
        results.put("reconstruction", memory.download(reconstruction));
      }
    }
    return results;
  }

  private StepOutput output(Step step, Tensor batch) {
    if (step.targets().isPresent()) {
      Shape shape = model.reconstructionShape().batch(batch.shape().rows());
      Tensor targets = tape.temporary(shape);
      memory.upload(step.targets().get(), 0, targets);
      return model.stepTowards(tape, batch, targets);
    }
    if (step.labels().isEmpty()) {
      return model.step(tape, batch);
    }
    float[] classes = step.labels().get();
    Tensor labels = tape.temporary(Shape.of(classes.length));
    memory.upload(classes, 0, labels);
    return ((Classifier) model).step(tape, batch, labels);
  }

  private float[] dense(Gradient gradient, Parameter parameter) {
    return switch (gradient) {
      case Gradient.Dense(Tensor values) -> memory.download(values);
      case Gradient.Factored factored -> {
        try (Tensor out = memory.allocate(parameter.value().shape())) {
          model.backend().sparse().materialise(factored, 0, out);
          yield memory.download(out);
        }
      }
    };
  }

  @Override
  public void close() {
    optimizer.close();
    tape.close();
  }
}
