package dev.wta.models.shard.model;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Memory;
import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The parameters of a block of units: their rows of the model's weights and their numbers of its
 * biases. A parameter is called as in the model, after the block's number: {@code
 * 3/encoder.weight}.
 */
final class UnitBlock {
  private static final int DRAWN_AT_ONCE = 1 << 20;

  private final int number;
  private final int from;
  private final int units;
  private final Backend backend;
  private final Seed seed;
  private final RankTensors tensors;
  private final List<Parameter> parameters = new ArrayList<>();

  /**
   * A block without parameters yet.
   *
   * @param number of the block in the model
   * @param from its first unit
   * @param seed where the model's first weights come from
   * @param tensors of its rank, which has its numbers
   */
  UnitBlock(int number, int from, int units, Backend backend, Seed seed, RankTensors tensors) {
    this.number = number;
    this.from = from;
    this.units = units;
    this.backend = backend;
    this.seed = seed;
    this.tensors = tensors;
  }

  int units() {
    return units;
  }

  /** The first unit of the block. */
  int from() {
    return from;
  }

  List<Parameter> parameters() {
    return parameters;
  }

  /**
   * New weights {@code (units, width)}, the rows that the model has of N(0, deviation^2) by the
   * stream {@code init/name}.
   *
   * @param bound that rows start and stay within
   */
  Parameter weight(String name, int width, double deviation, Optional<Parameter.RowBound> bound) {
    Parameter weight = zeros(name, width, bound);
    draw(seed.stream("init/" + name), (float) deviation, weight.value());
    bound.ifPresent(
        kept -> backend.update().normaliseRows(weight.value(), kept.norm(), kept.bound()));
    return weight;
  }

  /** New weights {@code (units, width)}, all zero. */
  Parameter zeros(String name, int width, Optional<Parameter.RowBound> bound) {
    Parameter weight = Parameter.weight(named(name), allocate(name, Shape.of(units, width)));
    return add(bound.map(weight::bounded).orElse(weight));
  }

  /** New biases {@code (units)}, all zero. */
  Parameter bias(String name) {
    return add(Parameter.bias(named(name), allocate(name, Shape.of(units))));
  }

  /** A state {@code (units)}, all zero, see {@link Parameter#state}. */
  Parameter state(String name) {
    return add(Parameter.state(named(name), allocate(name, Shape.of(units))));
  }

  private String named(String name) {
    return number + "/" + name;
  }

  private Tensor allocate(String name, Shape shape) {
    return tensors.rows(name, from, shape);
  }

  private Parameter add(Parameter parameter) {
    parameters.add(parameter);
    return parameter;
  }

  /** Fills the block's rows of a matrix whose elements are numbered through all units. */
  private void draw(Philox stream, float deviation, Tensor rows) {
    int width = rows.shape().rowSize();
    int most = Math.max(1, DRAWN_AT_ONCE / width);
    Memory memory = backend.memory();
    for (int row = 0; row < units; row += most) {
      int count = Math.min(most, units - row);
      memory.upload(
          normals(stream, deviation, (long) (from + row) * width, count * width),
          0,
          rows.rows(row, count));
    }
  }

  /** Elements of N(0, deviation^2) from element {@code first} of a stream. */
  private static float[] normals(Philox stream, float deviation, long first, int count) {
    float[] numbers = new float[count];
    int[] words = new int[4];
    for (int i = 0; i < count; i++) {
      long element = first + i;
      int lane = (int) (element & 3);
      if (lane == 0 || i == 0) {
        stream.block(element >>> 2, words, 0);
      }
      int pair = lane & 2;
      numbers[i] = deviation * Philox.toNormal(words[pair], words[pair + 1], (lane & 1) == 1);
    }
    return numbers;
  }
}
