package dev.wta.backend.cpu.bf16;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Memory off the heap that grows to the largest that was asked for and is kept. */
public final class NativeBuffer implements AutoCloseable {
  private static final long ALIGNMENT = 64;

  private Arena arena;
  private MemorySegment segment = MemorySegment.NULL;

  /** At least {@code bytes} bytes of whatever the last user left. */
  public MemorySegment bytes(long bytes) {
    if (segment.byteSize() < bytes) {
      close();
      arena = Arena.ofShared();
      segment = arena.allocate(bytes, ALIGNMENT);
    }
    return segment;
  }

  @Override
  public void close() {
    if (arena != null) {
      arena.close();
      arena = null;
      segment = MemorySegment.NULL;
    }
  }
}
