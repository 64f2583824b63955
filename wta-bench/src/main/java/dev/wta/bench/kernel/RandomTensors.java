package dev.wta.bench.kernel;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;

/** Makes tensors with the same numbers on any backend; they are freed with it. */
record RandomTensors(Backend backend) {

  Tensor zeros(int... extents) {
    return backend.memory().allocate(Shape.of(extents));
  }

  /** Normal numbers, from the stream of that name. */
  Tensor normal(String name, float deviation, int... extents) {
    Tensor tensor = zeros(extents);
    backend.randomness().normal(Seed.of(1).stream(name), 0, deviation, tensor);
    return tensor;
  }

  /** Uniform numbers on [0, 1), from the stream of that name. */
  Tensor uniform(String name, int... extents) {
    Tensor tensor = zeros(extents);
    backend.randomness().uniform(Seed.of(1).stream(name), tensor);
    return tensor;
  }
}
