package dev.wta.backend.cuda.memory;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.wta.backend.cuda.kernel.Launch;
import java.lang.foreign.MemorySegment;

/** Addresses of what each slot holds, as the kernels' {@code struct Slots} has them. */
public record SlotColumns(long sample, long unit, long position, long value)
    implements Launch.Struct {
  @Override
  public long bytes() {
    return 4 * Long.BYTES;
  }

  @Override
  public void write(MemorySegment to) {
    to.set(JAVA_LONG, 0, sample);
    to.set(JAVA_LONG, Long.BYTES, unit);
    to.set(JAVA_LONG, 2 * Long.BYTES, position);
    to.set(JAVA_LONG, 3 * Long.BYTES, value);
  }
}
