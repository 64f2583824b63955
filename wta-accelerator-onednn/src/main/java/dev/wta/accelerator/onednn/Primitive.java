package dev.wta.accelerator.onednn;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** A primitive with its arguments, whose addresses are given before it runs, and its scratchpad. */
final class Primitive implements AutoCloseable {
  private static final long ARGUMENT = 16; // bytes: a number, padding, a pointer
  private static final long ALIGNMENT = 64;

  private final OneDnn library;
  private final MemorySegment primitive;
  private final Map<Integer, MemorySegment> memories = new HashMap<>();
  private final MemorySegment arguments;
  private final Arena arena = Arena.ofShared();

  /**
   * Makes what was described.
   *
   * @param description stays the caller's
   * @param layouts by the number of the argument; they stay the caller's
   */
  Primitive(OneDnn library, MemorySegment description, Map<Integer, MemorySegment> layouts) {
    this.library = library;
    primitive = library.primitive(description);
    layouts.forEach((number, layout) -> memories.put(number, library.memory(layout)));
    MemorySegment scratchpad = library.layout(description, OneDnn.Query.SCRATCHPAD);
    memories.put(OneDnn.SCRATCHPAD, library.memory(scratchpad));
    give(OneDnn.SCRATCHPAD, arena.allocate(Math.max(1, library.bytes(scratchpad)), ALIGNMENT));
    arguments = arena.allocate(memories.size() * ARGUMENT, ARGUMENT);
    long at = 0;
    for (Map.Entry<Integer, MemorySegment> memory : memories.entrySet()) {
      arguments.set(JAVA_INT, at, memory.getKey());
      arguments.set(ADDRESS, at + ADDRESS.byteAlignment(), memory.getValue());
      at += ARGUMENT;
    }
  }

  /** Sets an argument's address; answers this. */
  Primitive give(int number, MemorySegment data) {
    library.setData(memories.get(number), data);
    return this;
  }

  /** Runs on the calling thread alone. */
  void run() {
    library.execute(primitive, memories.size(), arguments);
  }

  @Override
  public void close() {
    memories.values().forEach(library::destroyMemory);
    library.destroyPrimitive(primitive);
    arena.close();
  }
}
