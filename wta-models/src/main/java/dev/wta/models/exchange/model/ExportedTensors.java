package dev.wta.models.exchange.model;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.models.io.FileOperations;
import dev.wta.models.io.Safetensors;
import dev.wta.models.io.TensorType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tensors of an exported model, in the order in which they were put. */
public final class ExportedTensors {
  private final TensorType type;
  private final Map<String, float[]> values = new LinkedHashMap<>();
  private final Map<String, Shape> shapes = new LinkedHashMap<>();

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
    values.put(name, numbers);
    shapes.put(name, Shape.of(extents));
  }

  /** What the numbers are rounded to. */
  public TensorType type() {
    return type;
  }

  /** The shapes by name. */
  public Map<String, Shape> shapes() {
    return Collections.unmodifiableMap(shapes);
  }

  /** The numbers of a tensor. */
  public float[] values(String name) {
    return values.get(name);
  }

  /** A safetensors file of them. */
  public FileOperations.Content safetensors() {
    return out -> Safetensors.write(out, shapes, values::get, type);
  }
}
