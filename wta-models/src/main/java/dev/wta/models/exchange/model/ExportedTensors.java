package dev.wta.models.exchange.model;

import dev.wta.api.WtaException;
import dev.wta.models.io.FileOperations;
import dev.wta.models.io.SafetensorsWriter;
import dev.wta.models.io.TensorType;
import dev.wta.models.io.WrittenTensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tensors of an exported model, in the order in which they were put. */
public final class ExportedTensors {
  private final TensorType type;
  private final Map<String, WrittenTensor> tensors = new LinkedHashMap<>();

  /** None yet, of numbers that are rounded to F32, F16 or BF16. */
  public ExportedTensors(TensorType type) {
    this.type = type;
  }

  /**
   * Adds a tensor.
   *
   * @param numbers row-major
   * @throws WtaException if one of them is beyond the largest of the type
   */
  public void put(String name, float[] numbers, int... extents) {
    for (float number : numbers) {
      if (!Float.isFinite(type.rounded(number))) {
        throw new WtaException(
            "'%s' holds %s, which no finite %s is".formatted(name, number, type.title()),
            "export it as float32");
      }
    }
    tensors.put(name, WrittenTensor.of(type, numbers, extents));
  }

  /** Adds a tensor of whole numbers, of type I64 or I32. */
  public void putWholes(String name, TensorType whole, long[] numbers, int... extents) {
    tensors.put(name, WrittenTensor.ofWholes(whole, numbers, extents));
  }

  /** What the numbers are rounded to. */
  public TensorType type() {
    return type;
  }

  /** All by name. */
  public Map<String, WrittenTensor> all() {
    return Collections.unmodifiableMap(tensors);
  }

  /** A safetensors file of them. */
  public FileOperations.Content safetensors() {
    return out -> SafetensorsWriter.write(out, tensors);
  }
}
