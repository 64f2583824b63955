package dev.wta.models.run;

import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.Model;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A copy of a model's parameters as they were after the best epoch. In a checkpoint it takes their
 * place in {@code model.safetensors}, so that whoever uses the run uses the best; those that
 * training goes on from are in {@code trainer.safetensors} as {@code current.NAME}.
 */
public final class BestParameters implements AutoCloseable {
  private static final String CURRENT = "current.";

  private final Memory memory;
  private final Map<String, Tensor> current;
  private final Map<String, Tensor> copies = new LinkedHashMap<>();

  /** Room for a copy of the parameters of {@code model}; nothing is copied yet. */
  public BestParameters(Model model) {
    memory = model.backend().memory();
    current = RunDirectory.tensors(model);
    current.forEach((name, value) -> copies.put(name, memory.allocate(value.shape())));
  }

  /** Copies the parameters as they are now. */
  public void take() {
    current.forEach((name, value) -> memory.copy(value, copies.get(name)));
  }

  /** Gives the model the parameters that were copied last. */
  public void give() {
    current.forEach((name, value) -> memory.copy(copies.get(name), value));
  }

  /** The copies, by the parameters' names. */
  Map<String, Tensor> copies() {
    return copies;
  }

  /** The parameters as they are now, by the names that they have beside the copies. */
  Map<String, Tensor> current() {
    Map<String, Tensor> named = new LinkedHashMap<>();
    current.forEach((name, value) -> named.put(CURRENT + name, value));
    return named;
  }

  @Override
  public void close() {
    copies.values().forEach(Tensor::close);
  }
}
