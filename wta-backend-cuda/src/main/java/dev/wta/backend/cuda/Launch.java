package dev.wta.backend.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.wta.backend.cuda.binding.CudaException;
import dev.wta.backend.cuda.binding.Driver;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A kernel's launch: its arguments in the order of its parameters, then the grid. The memory that
 * arguments pass through is used again for the next launch, so launching allocates nothing.
 */
final class Launch implements AutoCloseable {
  /** Threads of a block, where a kernel leaves the choice. */
  static final int BLOCK = 256;

  static final int WARP = 32;

  private static final int MOST_ARGUMENTS = 32;
  private static final int MOST_BYTES = 1024;

  private final Device device;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment values = arena.allocate(MOST_BYTES, Long.BYTES);
  private final MemorySegment pointers = arena.allocate(ADDRESS, MOST_ARGUMENTS);
  private String name;
  private long function;
  private int arguments;
  private long bytes;

  Launch(Device device) {
    this.device = device;
  }

  Launch begin(String kernel, long itsFunction) {
    name = kernel;
    function = itsFunction;
    arguments = 0;
    bytes = 0;
    return this;
  }

  Launch address(long address) {
    values.set(JAVA_LONG, argument(Long.BYTES), address);
    return this;
  }

  Launch tensor(CudaTensor tensor) {
    return address(tensor.address());
  }

  /** A null pointer. */
  Launch none() {
    return address(0);
  }

  Launch integer(int value) {
    values.set(JAVA_INT, argument(Integer.BYTES), value);
    return this;
  }

  Launch flag(boolean value) {
    return integer(value ? 1 : 0);
  }

  Launch whole(long value) {
    return address(value);
  }

  Launch number(float value) {
    values.set(JAVA_FLOAT, argument(Float.BYTES), value);
    return this;
  }

  /** A struct that writes itself. */
  Launch struct(Struct struct) {
    struct.write(values.asSlice(argument(struct.bytes())));
    return this;
  }

  /** An argument that is more than one number. */
  interface Struct {
    long bytes();

    void write(MemorySegment to);
  }

  /** Runs with a thread for each of {@code elements}; none, and nothing runs. */
  void over(long elements) {
    run(Math.ceilDiv(elements, BLOCK), 1, 1, BLOCK);
  }

  /** Runs with a warp for each of {@code items}. */
  void warps(long items) {
    over(items * WARP);
  }

  /** Runs {@code blocks} blocks of the usual size. */
  void blocks(long blocks) {
    run(blocks, 1, 1, BLOCK);
  }

  void run(long gridX, long gridY, long gridZ, int threads) {
    if (gridX == 0 || gridY == 0 || gridZ == 0) {
      return;
    }
    if (gridX > Integer.MAX_VALUE || gridY > 65_535 || gridZ > 65_535) {
      throw new IllegalArgumentException(
          "%s: a grid of %d x %d x %d blocks is more than a device takes"
              .formatted(name, gridX, gridY, gridZ));
    }
    Driver driver = device.use();
    try {
      driver.launch(
          name,
          function,
          (int) gridX,
          (int) gridY,
          (int) gridZ,
          threads,
          device.stream(),
          pointers);
    } catch (CudaException failure) {
      throw device.failed(failure);
    }
  }

  private long argument(long size) {
    long at = bytes;
    pointers.setAtIndex(ADDRESS, arguments, MemorySegment.ofAddress(values.address() + at));
    arguments++;
    bytes = at + Math.ceilDiv(size, Long.BYTES) * Long.BYTES;
    return at;
  }

  @Override
  public void close() {
    arena.close();
  }
}
