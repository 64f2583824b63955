package dev.wta.backend.cpu.select;

import dev.wta.backend.cpu.memory.CpuTensor;
import java.util.Optional;

/**
 * The units of an encoder.
 *
 * @param weights {@code (units, inputs)}
 * @param scale {@code (units)}, by which the rows of the weights are multiplied; empty for the rows
 *     as they are
 * @param bias {@code (units)}
 */
public record Units(CpuTensor weights, Optional<CpuTensor> scale, CpuTensor bias) {
  /** Units with the rows of the weights as they are. */
  public static Units of(CpuTensor weights, CpuTensor bias) {
    return new Units(weights, Optional.empty(), bias);
  }
}
