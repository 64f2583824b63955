package dev.wta.api.contract;

import dev.wta.api.Memory;
import dev.wta.api.Shape;
import dev.wta.api.Winners;

/** The same winners on every side; the reference's serve its magnitudes, too. */
public final class TwinWinners {
  private final Winners tested;
  private final Winners reference;

  TwinWinners(Memory tested, Memory reference, Shape code, int capacity) {
    this.tested = tested.allocateWinners(code, capacity);
    this.reference = reference.allocateWinners(code, capacity);
  }

  public Shape code() {
    return reference.code();
  }

  public int capacity() {
    return reference.capacity();
  }

  Winners on(Side.Kind side) {
    return side == Side.Kind.TESTED ? tested : reference;
  }

  void close() {
    tested.close();
    reference.close();
  }
}
