package dev.wta.models.run;

import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.Model;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A copy of a model's parameters, such as those after the best epoch. In a checkpoint it takes
 * their place in {@code model.safetensors}, so that users of the run get the copy; the current
 * parameters, from which training resumes, are in {@code trainer.safetensors} as {@code
 * current.NAME}.
 */
public sealed class ParameterCopy implements AutoCloseable permits AveragedParameters {
  private static final String CURRENT = "current.";

  private final Memory memory;
  private final Map<String, Tensor> current;
  private final Map<String, Tensor> copies = new LinkedHashMap<>();

  /** Room for a copy of the parameters of {@code model}; nothing is copied yet. */
  public ParameterCopy(Model model) {
    memory = model.backend().memory();
    current = CheckpointFiles.parameters(model);
    current.forEach((name, value) -> copies.put(name, memory.allocate(value.shape())));
  }

  /** Copies the parameters as they are now. */
  public void take() {
    copyAll(current, copies);
  }

  /** Copies another copy of the same model. */
  public void take(ParameterCopy other) {
    copyAll(other.copies, copies);
  }

  /** Copies the copy back into the model. */
  public void give() {
    copyAll(copies, current);
  }

  private void copyAll(Map<String, Tensor> from, Map<String, Tensor> to) {
    from.forEach((name, value) -> memory.copy(value, to.get(name)));
  }

  /** The copies, by the parameters' names. */
  Map<String, Tensor> copies() {
    return copies;
  }

  /** The copies, by the parameters' names after a prefix. */
  Map<String, Tensor> copies(String prefix) {
    return named(prefix, copies);
  }

  /** The parameters as they are now, by the names that they have beside the copies. */
  Map<String, Tensor> current() {
    return named(CURRENT, current);
  }

  private static Map<String, Tensor> named(String prefix, Map<String, Tensor> tensors) {
    Map<String, Tensor> named = new LinkedHashMap<>();
    tensors.forEach((name, value) -> named.put(prefix + name, value));
    return named;
  }

  @Override
  public void close() {
    copies.values().forEach(Tensor::close);
  }
}
