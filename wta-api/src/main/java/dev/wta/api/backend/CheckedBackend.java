package dev.wta.api.backend;

import dev.wta.api.op.Convolution;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Memory;
import dev.wta.api.op.Precision;
import dev.wta.api.op.Randomness;
import dev.wta.api.op.Selection;
import dev.wta.api.op.Sparse;
import dev.wta.api.op.Update;
import java.util.Optional;

/**
 * A backend that checks the arguments of every operation, and that one thread at a time uses it, as
 * {@link Backend} promises.
 */
final class CheckedBackend extends ForwardingBackend {
  private final Backend backend;
  private final OneThread thread;
  private final Memory memory;
  private final Dense dense;
  private final Convolution convolution;
  private final Selection selection;
  private final Sparse sparse;
  private final Update update;
  private final Randomness randomness;

  CheckedBackend(Backend backend) {
    this(backend, new OneThread("backend '%s'".formatted(backend.name())));
  }

  /**
   * @param thread shared by all views of a backend
   */
  private CheckedBackend(Backend backend, OneThread thread) {
    super(backend);
    this.backend = backend;
    this.thread = thread;
    memory = new CheckedMemory(backend.memory(), thread);
    dense = new CheckedDense(backend.dense(), thread);
    convolution = new CheckedConvolution(backend.convolution(), thread);
    selection = new CheckedSelection(backend.selection(), thread);
    sparse = new CheckedSparse(backend.sparse(), thread);
    update = new CheckedUpdate(backend.update(), thread);
    randomness = new CheckedRandomness(backend.randomness(), thread);
  }

  @Override
  public Hold hold() {
    return thread.hold();
  }

  @Override
  public Optional<Backend> inferenceContext(int most) {
    return backend.inferenceContext(most).map(CheckedBackend::new);
  }

  @Override
  public Backend withPrecision(Precision precision) {
    Backend view = backend.withPrecision(precision);
    return view.equals(backend) ? this : new CheckedBackend(view, thread);
  }

  @Override
  public Memory memory() {
    return memory;
  }

  @Override
  public Dense dense() {
    return dense;
  }

  @Override
  public Convolution convolution() {
    return convolution;
  }

  @Override
  public Selection selection() {
    return selection;
  }

  @Override
  public Sparse sparse() {
    return sparse;
  }

  @Override
  public Update update() {
    return update;
  }

  @Override
  public Randomness randomness() {
    return randomness;
  }

  @Override
  public void close() {
    try (var _ = thread.hold()) {
      super.close();
    }
  }
}
