package dev.wta.api.reference;

import dev.wta.api.op.Epilogue;
import java.util.Optional;

/** An {@link Epilogue} at work on a double-precision result that is about to be stored. */
record ReferenceEpilogue(Optional<ReferenceTensor> bias, boolean relu) {
  static ReferenceEpilogue of(Epilogue epilogue, ReferenceMemory memory) {
    return new ReferenceEpilogue(epilogue.bias().map(memory::own), epilogue.relu());
  }

  /** Of a result in output column or channel {@code j}. */
  float apply(double value, int j) {
    double biased = bias.isPresent() ? value + bias.get().get(j) : value;
    return (float) (relu ? Math.max(biased, 0) : biased);
  }
}
