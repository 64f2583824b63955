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
 * A backend that forwards every call to another one: the base of backends that replace some of its
 * operations. {@link #inferenceContext} and {@link #withPrecision} return the other backend's,
 * which do not have the replaced operations.
 */
public abstract class ForwardingBackend implements Backend {
  private final Backend backend;

  protected ForwardingBackend(Backend backend) {
    this.backend = backend;
  }

  @Override
  public String name() {
    return backend.name();
  }

  @Override
  public String device() {
    return backend.device();
  }

  @Override
  public String arithmetic() {
    return backend.arithmetic();
  }

  @Override
  public Memory memory() {
    return backend.memory();
  }

  @Override
  public Dense dense() {
    return backend.dense();
  }

  @Override
  public Convolution convolution() {
    return backend.convolution();
  }

  @Override
  public Selection selection() {
    return backend.selection();
  }

  @Override
  public Sparse sparse() {
    return backend.sparse();
  }

  @Override
  public Update update() {
    return backend.update();
  }

  @Override
  public Randomness randomness() {
    return backend.randomness();
  }

  @Override
  public Hold hold() {
    return backend.hold();
  }

  @Override
  public Optional<Backend> inferenceContext(int most) {
    return backend.inferenceContext(most);
  }

  @Override
  public Backend withPrecision(Precision precision) {
    return backend.withPrecision(precision);
  }

  @Override
  public void close() {
    backend.close();
  }
}
