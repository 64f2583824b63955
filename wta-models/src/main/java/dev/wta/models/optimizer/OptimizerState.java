package dev.wta.models.optimizer;

import dev.wta.api.op.Gradient;
import dev.wta.api.op.Memory;
import dev.wta.api.op.MemoryNeed;
import dev.wta.api.op.Update;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The state of an optimiser, such as moments, for each of a model's parameters. */
public final class OptimizerState implements AutoCloseable {
  private final Optimizer optimizer;
  private final double clip;
  private final SquaredNorm norm;
  private final Update update;
  private final List<Parameter> parameters;
  private final List<List<Tensor>> moments = new ArrayList<>();

  /**
   * An optimiser's state before its first step.
   *
   * @param parameters those that are {@link Parameter#learnt} take part
   */
  public OptimizerState(
      Optimizer optimizer, Update update, Memory memory, List<Parameter> parameters) {
    this(optimizer, 0, update, memory, parameters);
  }

  /**
   * As {@link #OptimizerState(Optimizer, Update, Memory, List)}, with gradients that are clipped,
   * see {@link ClippedGradients}.
   *
   * @param clip the most length of all gradients together; 0 for no limit
   */
  public OptimizerState(
      Optimizer optimizer, double clip, Update update, Memory memory, List<Parameter> parameters) {
    this(optimizer, clip, SquaredNorm.SUM, update, memory, parameters);
  }

  /**
   * As {@link #OptimizerState(Optimizer, double, Update, Memory, List)}, of parameters that are
   * some of a model's.
   *
   * @param norm what all the model's gradients have together
   */
  public OptimizerState(
      Optimizer optimizer,
      double clip,
      SquaredNorm norm,
      Update update,
      Memory memory,
      List<Parameter> parameters) {
    this.clip = clip;
    this.norm = norm;
    this.optimizer = optimizer;
    this.update = update;
    this.parameters = parameters.stream().filter(Parameter::learnt).toList();
    for (Parameter parameter : this.parameters) {
      List<Tensor> own = new ArrayList<>();
      for (int i = 0; i < optimizer.moments().size(); i++) {
        own.add(memory.allocate(parameter.value().shape()));
      }
      moments.add(List.copyOf(own));
    }
  }

  /**
   * Checks that a model can be trained: that its parameters and what an optimiser remembers of them
   * fit together into the memory.
   *
   * @param kept copies of all parameters that training keeps besides, such as their average
   * @throws dev.wta.api.WtaException if they do not
   */
  public static void requireMemory(
      Optimizer optimizer, int kept, Memory memory, List<Parameter> parameters) {
    double numbers = 0;
    for (Parameter parameter : parameters) {
      int copies = 1 + kept + (parameter.learnt() ? optimizer.moments().size() : 0);
      numbers += (double) copies * parameter.value().size();
    }
    MemoryNeed.require(
        memory, "the parameters of this model and what the optimiser remembers of them", numbers);
  }

  /**
   * Moves each parameter along its gradient on the tape, and keeps rows within their bounds. A
   * parameter that the loss does not depend on stays.
   *
   * @param step the number of this step, from 1
   */
  public void step(Tape tape, double rate, long step) {
    try (var _ = tape.backend().hold()) {
      moveAll(tape, rate, step);
    }
  }

  private void moveAll(Tape tape, double rate, long step) {
    List<Optional<Gradient>> gradients =
        clip > 0
            ? ClippedGradients.of(tape, parameters, clip, norm)
            : parameters.stream().map(tape::gradient).toList();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      Optional<Gradient> gradient = gradients.get(i);
      if (gradient.isPresent()) {
        double own = rate / parameter.rateDivisor();
        optimizer.step(update, parameter, moments.get(i), gradient.get(), own, step);
        Optional<Parameter.RowBound> bound =
            parameter.rowBound().filter(kept -> step % kept.every() == 0);
        if (bound.isPresent()) {
          update.normaliseRows(parameter.value(), bound.get().norm(), bound.get().bound());
        }
      }
    }
  }

  /** The state's tensors, by their names in the checkpoint: {@code encoder.0.weight.m}. */
  public Map<String, Tensor> tensors() {
    Map<String, Tensor> named = new LinkedHashMap<>();
    for (int i = 0; i < parameters.size(); i++) {
      for (int j = 0; j < optimizer.moments().size(); j++) {
        named.put(
            parameters.get(i).name() + "." + optimizer.moments().get(j), moments.get(i).get(j));
      }
    }
    return named;
  }

  @Override
  public void close() {
    moments.forEach(own -> own.forEach(Tensor::close));
  }
}
