package dev.wta.backend.cuda.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.wta.backend.cuda.binding.KernelCall;
import dev.wta.backend.cuda.device.Launches;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A kernel's launch: its arguments in the order of its parameters, then the grid. */
public final class Launch {
  /** Threads of a block, where a kernel leaves the choice. */
  public static final int BLOCK = 256;

  public static final int WARP = 32;

  private static final int MOST_ARGUMENTS = 32;
  private static final long MOST_BYTES = 1024;

  private final Launches launches;

  /** The arguments one behind the other, and where each is: memory that each launch uses again. */
  private final MemorySegment values = Arena.ofAuto().allocate(MOST_BYTES, Long.BYTES);

  private final MemorySegment pointers = Arena.ofAuto().allocate(ADDRESS, MOST_ARGUMENTS);
  private String name;
  private long function;
  private int arguments;
  private long bytes;

  Launch(Launches launches) {
    this.launches = launches;
  }

  Launch begin(String kernel, long itsFunction) {
    name = kernel;
    function = itsFunction;
    arguments = 0;
    bytes = 0;
    return this;
  }

  public Launch address(long address) {
    argument(Long.BYTES).set(JAVA_LONG, 0, address);
    return this;
  }

  public Launch tensor(Addressed tensor) {
    return address(tensor.address());
  }

  /** A null pointer. */
  Launch none() {
    return address(0);
  }

  public Launch integer(int value) {
    argument(Integer.BYTES).set(JAVA_INT, 0, value);
    return this;
  }

  public Launch flag(boolean value) {
    return integer(value ? 1 : 0);
  }

  public Launch whole(long value) {
    return address(value);
  }

  public Launch number(float value) {
    argument(Float.BYTES).set(JAVA_FLOAT, 0, value);
    return this;
  }

  /** A struct that writes itself. */
  public Launch struct(Struct struct) {
    struct.write(argument(struct.bytes()));
    return this;
  }

  /** Something in device memory. */
  public interface Addressed {
    long address();
  }

  /** An argument that is more than one number. */
  public interface Struct {
    long bytes();

    void write(MemorySegment to);
  }

  /** Runs with a thread for each of {@code elements}; none, and nothing runs. */
  public void over(long elements) {
    run(Math.ceilDiv(elements, BLOCK), 1, 1, BLOCK);
  }

  /** Runs with a warp for each of {@code items}. */
  public void warps(long items) {
    over(items * WARP);
  }

  /** Runs {@code blocks} blocks of the usual size. */
  public void blocks(long blocks) {
    run(blocks, 1, 1, BLOCK);
  }

  public void run(long gridX, long gridY, long gridZ, int threads) {
    if (gridX == 0 || gridY == 0 || gridZ == 0) {
      return;
    }
    if (gridX > Integer.MAX_VALUE || gridY > 65_535 || gridZ > 65_535) {
      throw new IllegalArgumentException(
          "%s: a grid of %d x %d x %d blocks is more than a device takes"
              .formatted(name, gridX, gridY, gridZ));
    }
    launches.kernel(
        new KernelCall(name, function, (int) gridX, (int) gridY, (int) gridZ, threads, pointers));
  }

  /** Room for the next argument. */
  private MemorySegment argument(long itsBytes) {
    MemorySegment room = values.asSlice(bytes, itsBytes);
    pointers.setAtIndex(ADDRESS, arguments, room);
    arguments++;
    bytes += Math.ceilDiv(itsBytes, Long.BYTES) * Long.BYTES;
    return room;
  }
}
