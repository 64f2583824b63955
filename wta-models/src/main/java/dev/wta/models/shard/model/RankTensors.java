package dev.wta.models.shard.model;

import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one rank's blocks of units have, block beside block: a block's tensor is some rows of its
 * rank's, so that all of a rank's units can be encoded at once.
 */
final class RankTensors implements AutoCloseable {
  /** Elements that one tensor can have on every backend. */
  private static final long MOST = Integer.MAX_VALUE - 1024;

  private final Memory memory;
  private final int from;
  private final int units;
  private final Map<String, Tensor> whole = new LinkedHashMap<>();
  private final List<Tensor> apart = new ArrayList<>(); // where they would be too large together

  /**
   * @param from the rank's first unit
   * @param units how many it has
   */
  RankTensors(Memory memory, int from, int units) {
    this.memory = memory;
    this.from = from;
    this.units = units;
  }

  /**
   * A block's part of a tensor, all zero at first.
   *
   * @param first the block's first unit
   * @param shape the block's
   */
  Tensor rows(String name, int first, Shape shape) {
    Shape all = shape.withRows(units);
    if ((long) units * shape.rowSize() > MOST) {
      Tensor block = memory.allocate(shape);
      apart.add(block);
      return block;
    }
    return whole.computeIfAbsent(name, _ -> memory.allocate(all)).rows(first - from, shape.rows());
  }

  /** All rows of a tensor, unless they are too large together. */
  Optional<Tensor> all(String name) {
    return Optional.ofNullable(whole.get(name));
  }

  @Override
  public void close() {
    whole.values().forEach(Tensor::close);
    apart.forEach(Tensor::close);
  }
}
