package dev.wta.models.autodiff;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.Pool;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Window;
import dev.wta.api.op.Workspace;
import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.models.competition.Competition;
import dev.wta.models.layer.Add;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.ConvolutionLayer;
import dev.wta.models.layer.DecodeDense;
import dev.wta.models.layer.DecodeMapWinners;
import dev.wta.models.layer.DecodeMaps;
import dev.wta.models.layer.DecodeWinners;
import dev.wta.models.layer.DenseLayer;
import dev.wta.models.layer.EncodeMapWinners;
import dev.wta.models.layer.EncodeWinners;
import dev.wta.models.layer.MapShapes;
import dev.wta.models.layer.MaxPoolLayer;
import dev.wta.models.layer.Scale;
import dev.wta.models.layer.ShiftRows;
import dev.wta.models.layer.Sigmoid;
import dev.wta.models.layer.SliceRows;
import dev.wta.models.loss.L1;
import dev.wta.models.loss.SquaredError;
import dev.wta.models.loss.WinnersL1;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Runs a forward pass and remembers it, so that {@link #backward} can replay its gradients in
 * reverse. Results live in a workspace until the next {@link #reset}; from the second step of the
 * same shapes on, a step allocates no tensor. A step belongs to the thread that begins it; another
 * one gets an {@link IllegalStateException} until it has reset the tape.
 *
 * <p>The operations are static methods of their own classes; those that most models use have a
 * short form here. An operation of one's own implements {@link Operation} and calls {@link
 * #record}.
 */
public final class Tape implements AutoCloseable {
  private final Backend backend;
  private final Seed seed;
  private final boolean recording;
  private final Workspace workspace;
  private final List<Operation> operations = new ArrayList<>();
  private final List<Parameter> parameters = new ArrayList<>();
  private final List<Variable> parameterVariables = new ArrayList<>();
  private final AtomicReference<Thread> user = new AtomicReference<>(); // of this step
  private long step;

  private Tape(Backend backend, Seed seed, boolean recording) {
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
    return new Tape(backend, seed, true);
  }

  /** A tape that runs operations and forgets them: for using a model without training it. */
  public static Tape forward(Backend backend) {
    return new Tape(backend, Seed.of(0), false);
  }

  public Backend backend() {
    return backend;
  }

  /** A tensor of that shape until {@link #reset}; its content is arbitrary. */
  public Tensor temporary(Shape shape) {
    requireOneThread();
    return workspace.tensor(shape);
  }

  /** Room for the winners that {@code rule} leaves of such a code, until {@link #reset}. */
  public Winners temporaryWinners(Shape code, SelectionRule rule) {
    requireOneThread();
    return workspace.winners(code, rule);
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

  /** Remembers an operation that has just run, if its output needs a gradient. */
  public void record(Operation operation) {
    if (operation.output().needsGradient()) {
      operations.add(operation);
    }
  }

  /**
   * {@code x * weights' + bias}: {@code (samples, inputs)} to {@code (samples, units)}; weights
   * {@code (units, inputs)}.
   */
  public Variable dense(Variable x, Variable weights, Variable bias) {
    return DenseLayer.run(this, x, weights, Optional.of(bias), false);
  }

  /** {@code x * weights'}, as {@link #dense(Variable, Variable, Variable)}. */
  public Variable dense(Variable x, Variable weights) {
    return DenseLayer.run(this, x, weights, Optional.empty(), false);
  }

  /** {@code relu(x * weights' + bias)}, as {@link #dense(Variable, Variable, Variable)}. */
  public Variable denseRelu(Variable x, Variable weights, Variable bias) {
    return DenseLayer.run(this, x, weights, Optional.of(bias), true);
  }

  /** {@code relu(x * weights' + bias)} and what {@code competition} leaves of it. */
  public Code encode(Variable x, Variable weights, Variable bias, Competition competition) {
    Shape code = Shape.of(x.shape().rows(), weights.shape().rows());
    Optional<SelectionRule> rule = competition.rule(code);
    return rule.isPresent()
        ? EncodeWinners.run(this, x, weights, bias, rule.get())
        : new Code.Dense(denseRelu(x, weights, bias));
  }

  /** {@code relu(x * weights' + bias)} and what {@code rule} leaves of it. */
  public Code.Sparse encode(Variable x, Variable weights, Variable bias, SelectionRule rule) {
    return EncodeWinners.run(this, x, weights, bias, rule);
  }

  /**
   * The code of winners that a model has selected itself, for one that lets units compete in
   * several ways or tells them apart.
   *
   * @param winners some elements of {@code relu(x * weights' + bias)}, from {@link
   *     #temporaryWinners}
   */
  public Code.Sparse encoded(Winners winners, Variable x, Variable weights, Variable bias) {
    return encoded(winners, winners.values(), x, weights, bias);
  }

  /**
   * As {@link #encoded(Winners, Variable, Variable, Variable)}, for winners that were selected by
   * other numbers than their activations.
   *
   * @param values what {@code x * weights' + bias} is at the winners, {@code (capacity)}: of either
   *     sign
   */
  public Code.Sparse encoded(
      Winners winners, Tensor values, Variable x, Variable weights, Variable bias) {
    return EncodeWinners.of(this, winners, values, x, weights, bias);
  }

  /**
   * The linear decoder, {@code code * weights + bias}: weights {@code (units, outputs)}, out {@code
   * (samples, outputs)}.
   */
  public Variable decode(Code code, Variable weights, Variable bias) {
    return switch (code) {
      case Code.Sparse sparse -> DecodeWinners.run(this, sparse, weights, Optional.of(bias));
      case Code.Dense dense ->
          DecodeDense.run(this, dense.activations(), weights, Optional.of(bias));
    };
  }

  /** The linear decoder of winners without a bias, {@code code * weights}. */
  public Variable decode(Code.Sparse code, Variable weights) {
    return DecodeWinners.run(this, code, weights, Optional.empty());
  }

  /** The linear decoder of a dense code without a bias, {@code code * weights}. */
  public Variable decode(Variable code, Variable weights) {
    return DecodeDense.run(this, code, weights, Optional.empty());
  }

  /**
   * {@code relu(convolution(images, filters) + bias)}: images {@code (samples, channels, height,
   * width)}, filters {@code (maps, channels, window height, window width)}, out {@code (samples,
   * maps, map height, map width)}.
   */
  public Variable convolutionRelu(Variable images, Variable filters, Variable bias, Window window) {
    return ConvolutionLayer.run(this, images, filters, bias, window);
  }

  /** {@link #convolutionRelu} and what {@code competition} leaves of its maps. */
  public Code encodeMaps(
      Variable images, Variable filters, Variable bias, Window window, Competition competition) {
    Optional<SelectionRule> rule =
        competition.rule(MapShapes.maps(images.shape(), filters.shape(), window));
    return rule.isPresent()
        ? EncodeMapWinners.run(this, images, filters, bias, window, rule.get())
        : new Code.Dense(convolutionRelu(images, filters, bias, window));
  }

  /**
   * The largest activation of each window of each map: {@code (samples, maps, height, width)} to
   * {@code (samples, maps, ceil(height / stride), ceil(width / stride))}.
   */
  public Variable maxPool(Variable maps, Pool pool) {
    return MaxPoolLayer.run(this, maps, pool);
  }

  /**
   * The linear deconvolution of a code of maps, plus a bias of each channel: filters {@code (maps,
   * channels, window height, window width)}, out {@code (samples, channels, height, width)}.
   */
  public Variable decodeMaps(Code code, Variable filters, Variable bias, Window window) {
    return switch (code) {
      case Code.Sparse sparse -> DecodeMapWinners.run(this, sparse, filters, bias, window);
      case Code.Dense dense -> DecodeMaps.run(this, dense.activations(), filters, bias, window);
    };
  }

  /**
   * {@code sum of (prediction - target)^2 / samples}: the squared error, averaged over the batch.
   */
  public Loss squaredError(Variable prediction, Variable target) {
    return SquaredError.of(this, prediction, target);
  }

  /** {@code sum of |activation| / samples}: the L1 norm of the code, averaged over the batch. */
  public Loss l1(Code code) {
    return switch (code) {
      case Code.Sparse sparse -> WinnersL1.of(this, sparse);
      case Code.Dense dense -> L1.of(this, dense.activations());
    };
  }

  /** {@code x + row} for each row of x: a bias {@code (x's row size)}. */
  public Variable addRow(Variable x, Variable row) {
    return ShiftRows.run(this, x, row, 1);
  }

  /** {@code x - row} for each row of x, such as the pre-encoder bias of TopK autoencoders. */
  public Variable subtractRow(Variable x, Variable row) {
    return ShiftRows.run(this, x, row, -1);
  }

  /** {@code x + y}, element by element. */
  public Variable add(Variable x, Variable y) {
    return Add.run(this, x, y);
  }

  public Variable sigmoid(Variable x) {
    return Sigmoid.run(this, x);
  }

  /** {@code factor * x}. */
  public Variable scale(double factor, Variable x) {
    return Scale.run(this, (float) factor, x);
  }

  /** {@code count} rows of x from row {@code from}. */
  public Variable rows(Variable x, int from, int count) {
    return SliceRows.run(this, x, from, count);
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
