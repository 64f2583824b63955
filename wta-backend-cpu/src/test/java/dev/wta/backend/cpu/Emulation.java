package dev.wta.backend.cpu;

import dev.wta.backend.cpu.vector.VectorWidth;
import jdk.incubator.vector.FloatVector;

/** Whether the tests' vectors are wider than the machine's: Java then computes a lane at a time. */
final class Emulation {
  private Emulation() {}

  static boolean isOn() {
    return VectorWidth.shape().vectorBitSize() > FloatVector.SPECIES_PREFERRED.vectorBitSize();
  }
}
