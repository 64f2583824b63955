package dev.wta.api.contract.support;

import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Winners;
import java.util.Optional;

/** The same winners on every side; the reference's serve its magnitudes, too. */
public final class TwinWinners {
  private final Winners tested;
  private final Optional<Winners> repeated;
  private final Winners reference;

  TwinWinners(
      Memory tested, Optional<Memory> repeated, Memory reference, Shape code, int capacity) {
    this.tested = tested.allocateWinners(code, capacity);
    this.repeated = repeated.map(memory -> memory.allocateWinners(code, capacity));
    this.reference = reference.allocateWinners(code, capacity);
  }

  public Shape code() {
    return reference.code();
  }

  public int capacity() {
    return reference.capacity();
  }

  public Winners on(Side.Kind side) {
    return switch (side) {
      case TESTED -> tested;
      case REPEATED -> repeated.orElseThrow();
      case REFERENCE, MAGNITUDE -> reference;
    };
  }

  void close() {
    tested.close();
    repeated.ifPresent(Winners::close);
    reference.close();
  }
}
