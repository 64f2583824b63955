package dev.wta.backend.cuda.device;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.wta.backend.cuda.binding.KernelCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Launches that were asked for and not yet issued, in order. Their arguments lie one behind the
 * other in memory that is used again, so that launching allocates no native memory.
 */
public final class LaunchList implements AutoCloseable {
  /** Launches that a list holds; a training step's are some tens. */
  private static final int MOST = 256;

  private static final int MOST_ARGUMENTS = 32;
  private static final long MOST_BYTES = 1024;
  private static final long ROOM = 64 * 1024;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment values = arena.allocate(ROOM, Long.BYTES);
  private final MemorySegment[] pointers = new MemorySegment[MOST];
  private final KernelCall[] calls = new KernelCall[MOST];

  /** Where each launch's arguments end; the next one's start there. */
  private final long[] ends = new long[MOST];

  private int size;
  private int arguments;
  private long bytes;

  LaunchList() {
    for (int i = 0; i < MOST; i++) {
      pointers[i] = arena.allocate(ADDRESS, MOST_ARGUMENTS);
    }
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Whether there may be no room for another launch. */
  boolean isFull() {
    return size == MOST || ROOM - start(size) < MOST_BYTES;
  }

  KernelCall call(int i) {
    return calls[i];
  }

  /** The arguments of all launches. They hold nothing but the arguments: what is left over is 0. */
  MemorySegment values() {
    return values.asSlice(0, start(size));
  }

  /** Where the arguments of launch {@code i} start in {@link #values}. */
  long start(int i) {
    return i == 0 ? 0 : ends[i - 1];
  }

  /** Starts another launch, and forgets one that was started and not added. */
  public void begin() {
    arguments = 0;
    bytes = start(size);
  }

  /** Room for the next argument of the launch that was started: whole words of 64 bits. */
  public MemorySegment argument(long itsBytes) {
    long words = Math.ceilDiv(itsBytes, Long.BYTES);
    MemorySegment room = values.asSlice(bytes, words * Long.BYTES);
    room.set(JAVA_LONG, (words - 1) * Long.BYTES, 0); // it may be half used
    pointers[size].setAtIndex(ADDRESS, arguments, room);
    arguments++;
    bytes += words * Long.BYTES;
    return room;
  }

  /** Adds the launch that was started. */
  public void add(String name, long function, int gridX, int gridY, int gridZ, int threads) {
    calls[size] = new KernelCall(name, function, gridX, gridY, gridZ, threads, pointers[size]);
    ends[size] = bytes;
    size++;
  }

  void clear() {
    size = 0;
  }

  @Override
  public void close() {
    arena.close();
  }
}
