package dev.wta.backend.cuda.memory;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.wta.backend.cuda.kernel.Launch;
import java.lang.foreign.MemorySegment;

/**
 * Addresses of the ranges of slots of each unit or each sample, as the kernels' {@code struct
 * Index} has them; {@code list} is 0 where ranges are of slots themselves.
 */
public record Ranges(long start, long end, long list) implements Launch.Struct {
  public static final long BYTES = 3 * Long.BYTES;

  @Override
  public long bytes() {
    return BYTES;
  }

  @Override
  public void write(MemorySegment to) {
    to.set(JAVA_LONG, 0, start);
    to.set(JAVA_LONG, Long.BYTES, end);
    to.set(JAVA_LONG, 2 * Long.BYTES, list);
  }
}
