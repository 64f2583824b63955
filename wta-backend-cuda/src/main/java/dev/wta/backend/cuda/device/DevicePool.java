package dev.wta.backend.cuda.device;

import dev.wta.api.WtaException;
import dev.wta.backend.cuda.binding.CudaException;
import dev.wta.backend.cuda.binding.DriverMemory;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.TreeMap;

/**
 * Device memory in classes of sizes. What is given back goes to whoever asks next for that class,
 * or for a little less: all work is on one stream, so that the old owner's work is done before the
 * new owner's starts, and nobody need wait. The smallest block that serves goes first, and of these
 * the lowest address, so that a step which takes and gives back the same sizes as the last one has
 * the same addresses. When the device is full, what nobody holds goes back to it before giving up.
 * Synchronised for threads that close their tensors while another one computes.
 */
public final class DevicePool {
  private static final long LEAST = 512;

  /** From here on sizes are multiples of the driver's pages; below, classes are few. */
  private static final long LARGE = 8L << 20;

  private static final long PAGE = 2L << 20;

  private final Device device;
  private final TreeMap<Long, Queue<Long>> idle = new TreeMap<>();
  private long used;
  private long idleBytes;

  public DevicePool(Device device) {
    this.device = device;
    device.relieveBy(this::trim);
  }

  /** Memory that is held, by size class; not initialised. */
  public record Block(long address, long bytes) {}

  /** A block for {@code bytes} bytes; at least one, so that every block has an address. */
  public synchronized Block take(long bytes) {
    long size = sizeClass(bytes);
    Map.Entry<Long, Queue<Long>> ready = idle.ceilingEntry(size);
    Block block;
    if (ready != null && ready.getKey() <= size + size / 4) {
      block = new Block(ready.getValue().remove(), ready.getKey());
      idleBytes -= block.bytes();
      if (ready.getValue().isEmpty()) {
        idle.remove(block.bytes());
      }
    } else {
      block = new Block(allocate(size, bytes), size);
    }
    used += block.bytes();
    return block;
  }

  public synchronized void giveBack(Block block) {
    idle.computeIfAbsent(block.bytes(), size -> new PriorityQueue<>()).add(block.address());
    used -= block.bytes();
    idleBytes += block.bytes();
  }

  /** Bytes that are held. */
  long used() {
    return used;
  }

  /** Bytes that are ready to be held again. */
  long idle() {
    return idleBytes;
  }

  /** Returns what nobody holds to the device. */
  public synchronized void trim() {
    for (Queue<Long> addresses : idle.values()) {
      for (long address : addresses) {
        device.release("device memory", driver -> driver.memory().free(address));
      }
    }
    idle.clear();
    idleBytes = 0;
  }

  /**
   * Powers of two and three steps between them, so that at most a quarter is wasted and shapes that
   * vary a little share their memory; large ones to whole pages of 2 MiB.
   */
  static long sizeClass(long bytes) {
    if (bytes <= LEAST) {
      return LEAST;
    }
    long step = bytes > LARGE ? PAGE : Math.max(LEAST / 4, Long.highestOneBit(bytes - 1) / 4);
    return Math.ceilDiv(bytes, step) * step;
  }

  /** The address of {@code size} bytes, of which {@code requested} are used. */
  private long allocate(long size, long requested) {
    DriverMemory memory = device.issue().memory(); // none is taken while launches are recorded
    try {
      return device.withRoom(() -> memory.allocate(size));
    } catch (CudaException failure) {
      if (!failure.isOutOfMemory()) {
        throw device.failed(failure);
      }
      DriverMemory.Occupancy occupancy = memory.info();
      long others = Math.max(0, occupancy.total() - occupancy.free() - used);
      throw new WtaException(
          "the device has no room for %s: this backend uses %s, others %s; %s of %s are free"
              .formatted(
                  text(requested),
                  text(used),
                  text(others),
                  text(occupancy.free()),
                  text(occupancy.total())),
          failure.remedy(),
          failure);
    }
  }

  private static String text(long bytes) {
    double mebibytes = bytes / (double) (1 << 20);
    return mebibytes < 1024
        ? "%.1f MiB".formatted(mebibytes)
        : "%.1f GiB".formatted(mebibytes / 1024);
  }
}
