package dev.wta.models.autodiff;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.Selection;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Workspace;
import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * Records the operations of a forward pass, so that {@link #backward} can compute gradients in
 * reverse order. Results live in a workspace until the next {@link #reset}; from the second step of
 * the same shapes on, a step allocates no tensor. A step belongs to the thread that begins it;
 * another one gets an {@link IllegalStateException} until it has reset the tape.
 *
 * <p>The operations are static methods of their own classes, in {@code dev.wta.models.layer}. One
 * of one's own implements {@link Operation} and calls {@link #record}, or calls {@link #computed}.
 */
public final class Tape implements AutoCloseable {
  /** A tensor that is derived from a parameter's value; tensors are compared by identity. */
  private record Derivation(Tensor source, String what) {}

  private final Backend backend;
  private final Seed seed;
  private final boolean recording;
  private final Workspace workspace;
  private final Optional<DerivedTensors> derived;
  private final Map<Derivation, Tensor> derivedInStep = new HashMap<>();
  private final List<Operation> operations = new ArrayList<>();
  private final List<Parameter> parameters = new ArrayList<>();
  private final List<Variable> parameterVariables = new ArrayList<>();
  private final AtomicReference<Thread> user = new AtomicReference<>(); // of this step
  private long step;

  private Tape(Backend backend, Seed seed, boolean recording, Optional<DerivedTensors> derived) {
    this.derived = derived;
    this.backend = backend;
    this.seed = seed;
    this.recording = recording;
    this.workspace = new Workspace(backend.memory());
  }

  /**
   * A tape for training. {@code seed} is for operations that sample random numbers, see {@link
   * #stream}.
   */
  public static Tape recording(Backend backend, Seed seed) {
    return new Tape(backend, seed, true, Optional.empty());
  }

  /** A tape that runs operations and forgets them: for using a model without training it. */
  public static Tape forward(Backend backend) {
    return new Tape(backend, Seed.of(0), false, Optional.empty());
  }

  /**
   * As {@link #forward}, for parameters that do not change any more.
   *
   * @param derived keeps what is computed of the parameters alone, for all tapes that share it
   */
  public static Tape frozen(Backend backend, DerivedTensors derived) {
    return new Tape(backend, Seed.of(0), false, Optional.of(derived));
  }

  public Backend backend() {
    return backend;
  }

  /** A tensor of that shape until {@link #reset}; its content is arbitrary. */
  public Tensor temporary(Shape shape) {
    requireOneThread();
    return workspace.tensor(shape);
  }

  /**
   * A tensor that depends on parameters alone. It is computed once until the next {@link #reset},
   * and on a {@link #frozen} tape once for all.
   *
   * @param source the parameter's value that it is computed of
   * @param what its name among the tensors that are derived from the same source
   * @param compute fills it in
   */
  public Tensor derived(Tensor source, String what, Shape shape, Consumer<Tensor> compute) {
    if (derived.isPresent()) {
      Consumer<Tensor> once =
          tensor -> {
            compute.accept(tensor);
            backend.memory().freeze(tensor);
          };
      return derived.get().of(source, what, () -> backend.memory().allocate(shape), once);
    }
    Derivation key = new Derivation(source, what);
    Tensor known = derivedInStep.get(key);
    if (known != null) {
      return known;
    }
    Tensor tensor = temporary(shape);
    compute.accept(tensor);
    derivedInStep.put(key, tensor);
    return tensor;
  }

  /** Room for the winners that {@code rule} leaves of such a code, until {@link #reset}. */
  public Winners temporaryWinners(Shape code, SelectionRule rule) {
    requireOneThread();
    return workspace.winners(code, rule);
  }

  /**
   * The winners of a fully-connected layer, until {@link #reset}: with as much room as the rule
   * says, or about as much as there are where it does not, see {@link Selection#encodeToFit}.
   */
  public Winners winners(Tensor x, Tensor weights, Tensor bias, SelectionRule rule) {
    requireOneThread();
    Shape code = Shape.of(x.shape().rows(), weights.shape().rows());
    return backend.selection().encodeToFit(x, weights, bias, rule, room(code, rule));
  }

  /**
   * As {@link #winners(Tensor, Tensor, Tensor, SelectionRule)}, of {@code diag(scale) * (x *
   * weights' + bias)}. Scaled rows are stored where they serve again, on a {@link #frozen} tape, or
   * where the backend does not do without.
   *
   * @param weights a parameter's value, {@code (units, inputs)}
   * @param scale {@code (units)}, the same whenever the parameters are
   * @param bias a parameter's value, {@code (units)}
   */
  public Winners scaledWinners(
      Tensor x, Tensor weights, Tensor scale, Tensor bias, SelectionRule rule) {
    Dense dense = backend.dense();
    Tensor scaledBias =
        derived(
            bias,
            "scaled",
            bias.shape(),
            scaled -> dense.zip(Dense.Binary.MULTIPLY, bias, scale, scaled));
    if (derived.isEmpty()) {
      Shape code = Shape.of(x.shape().rows(), weights.shape().rows());
      Optional<Winners> found =
          backend.selection().encodeScaled(x, weights, scale, scaledBias, rule, room(code, rule));
      if (found.isPresent()) {
        return found.get();
      }
    }
    Tensor rows =
        derived(
            weights,
            "scaled",
            weights.shape(),
            scaled -> dense.zipColumn(Dense.Binary.MULTIPLY, weights, scale, scaled));
    return winners(x, rows, scaledBias, rule);
  }

  private IntFunction<Winners> room(Shape code, SelectionRule rule) {
    return count ->
        rule instanceof SelectionRule.Above
            ? workspace.winners(code, count)
            : workspace.winners(code, rule);
  }

  /**
   * The winners whose coefficients are positive, with these as values, until {@link #reset}.
   *
   * @param coefficients of {@code winners}
   */
  public Winners positive(Winners winners, Tensor coefficients) {
    requireOneThread();
    return backend
        .memory()
        .slicePositive(winners, coefficients, count -> workspace.winners(winners.code(), count));
  }

  /** The number of this step, from 0. */
  public long step() {
    return step;
  }

  /**
   * The random numbers of one use in this step: the same in every run of the same seed, resumed or
   * not.
   */
  public Philox stream(String use) {
    return seed.stream(use, step);
  }

  /** The variable of a parameter: one a step, so that uses of tied weights meet in it. */
  public Variable parameter(Parameter parameter) {
    requireOneThread();
    for (int i = 0; i < parameters.size(); i++) {
      if (parameters.get(i) == parameter) {
        return parameterVariables.get(i);
      }
    }
    Variable variable = new Variable(parameter.value(), recording, this);
    parameters.add(parameter);
    parameterVariables.add(variable);
    return variable;
  }

  /** Data: a variable that needs no gradient. */
  public Variable constant(Tensor value) {
    requireOneThread();
    return new Variable(value, false, this);
  }

  /** The result of an operation on {@code inputs}: it needs a gradient if one of them does. */
  public Variable result(Tensor value, Variable... inputs) {
    boolean needsGradient = false;
    for (Variable input : inputs) {
      needsGradient |= input.needsGradient();
    }
    return new Variable(value, needsGradient && recording, this);
  }

  /**
   * The result of an operation that has just run on {@code inputs}, remembered with its gradient.
   *
   * @param backward adds to the inputs' gradients, given the output's, see {@link
   *     Operation#backward}
   */
  public Variable computed(Tensor value, Consumer<Tensor> backward, Variable... inputs) {
    Variable output = result(value, inputs);
    record(new Computed(output, backward));
    return output;
  }

  private record Computed(Variable output, Consumer<Tensor> gradient) implements Operation {
    @Override
    public void backward(Tensor outputGradient, Tape tape) {
      gradient.accept(outputGradient);
    }
  }

  /** Remembers an operation that has just run, if its output needs a gradient. */
  public void record(Operation operation) {
    if (operation.output().needsGradient()) {
      operations.add(operation);
    }
  }

  /** Replays the gradients of {@code loss}, once a step. Read them by {@link #gradient}. */
  public void backward(Loss loss) {
    if (!recording) {
      throw new IllegalStateException("this tape does not record: open it by Tape.recording");
    }
    requireOneThread();
    try (var _ = backend.hold()) {
      loss.backward(this);
      for (int i = operations.size() - 1; i >= 0; i--) {
        Operation operation = operations.get(i);
        Tensor gradient = operation.output().denseGradient();
        if (gradient != null) {
          operation.backward(gradient, this);
        }
      }
    }
  }

  private void requireOneThread() {
    Thread current = Thread.currentThread();
    if (!current.equals(user.get())) {
      Thread other = user.compareAndExchange(null, current);
      if (other != null) {
        throw new IllegalStateException(
            "thread '%s' uses a tape in a step that thread '%s' began; give each thread a tape and models of its own, or reset the tape before handing it over"
                .formatted(current.getName(), other.getName()));
      }
    }
  }

  /**
   * The loss's gradient with respect to a parameter; empty where the loss does not depend on it.
   */
  public Optional<Gradient> gradient(Parameter parameter) {
    int index = parameters.indexOf(parameter);
    return index < 0 ? Optional.empty() : parameterVariables.get(index).gradient();
  }

  /**
   * Forgets the step and takes its temporaries back; {@code step} is the number of the next one.
   */
  public void reset(long step) {
    this.step = step;
    operations.clear();
    parameters.clear();
    parameterVariables.clear();
    derivedInStep.clear();
    workspace.reset();
    user.set(null);
  }

  /** Frees the temporaries. */
  @Override
  public void close() {
    reset(0);
    workspace.close();
  }
}
