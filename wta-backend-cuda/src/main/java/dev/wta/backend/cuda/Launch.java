package dev.wta.backend.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/** A kernel's launch: its arguments in the order of its parameters, then the grid. */
final class Launch {
  /** Threads of a block, where a kernel leaves the choice. */
  static final int BLOCK = 256;

  static final int WARP = 32;

  private final Launches launches;
  private final LaunchList list;
  private String name;
  private long function;

  Launch(Launches launches) {
    this.launches = launches;
    this.list = launches.list();
  }

  Launch begin(String kernel, long itsFunction) {
    name = kernel;
    function = itsFunction;
    list.begin();
    return this;
  }

  Launch address(long address) {
    list.argument(Long.BYTES).set(JAVA_LONG, 0, address);
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
    list.argument(Integer.BYTES).set(JAVA_INT, 0, value);
    return this;
  }

  Launch flag(boolean value) {
    return integer(value ? 1 : 0);
  }

  Launch whole(long value) {
    return address(value);
  }

  Launch number(float value) {
    list.argument(Float.BYTES).set(JAVA_FLOAT, 0, value);
    return this;
  }

  /** A struct that writes itself. */
  Launch struct(Struct struct) {
    struct.write(list.argument(struct.bytes()));
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
    list.add(name, function, (int) gridX, (int) gridY, (int) gridZ, threads);
    launches.added();
  }
}
