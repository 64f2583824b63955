package dev.wta.backend.cuda.device;

import dev.wta.api.WtaException;
import dev.wta.backend.cuda.binding.CudaException;
import dev.wta.backend.cuda.binding.DriverMemory;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.TreeMap;

/**
 * Device memory in classes of sizes. What is given back goes to whoever asks next for that class:
 * all work is on one stream, so that the old owner's work is done before the new owner's starts,
 * and nobody need wait. The lowest address goes first, so that a step which takes and gives back
 * the same sizes as the last one has the same addresses. When the device is full, what nobody holds
 * goes back to it before giving up. Synchronised for threads that close their tensors while another
 * one computes.
 */
public final class DevicePool {
  private static final long LEAST = 512;

  private final Device device;
  private final TreeMap<Long, Queue<Long>> idle = new TreeMap<>();
  private long used;
  private long idleBytes;

  public DevicePool(Device device) {
    this.device = device;
  }

  /** Memory that is held, by size class; not initialised. */
  public record Block(long address, long bytes) {}

  /** A block for {@code bytes} bytes; at least one, so that every block has an address. */
  public synchronized Block take(long bytes) {
    long size = sizeClass(bytes);
    Queue<Long> ready = idle.get(size);
    long address;
    if (ready != null && !ready.isEmpty()) {
      address = ready.remove();
      idleBytes -= size;
    } else {
      address = allocate(size);
    }
    used += size;
    return new Block(address, size);
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
   * vary a little share their memory.
   */
  static long sizeClass(long bytes) {
    if (bytes <= LEAST) {
      return LEAST;
    }
    long step = Math.max(LEAST / 4, Long.highestOneBit(bytes - 1) / 4);
    return Math.ceilDiv(bytes, step) * step;
  }

  private long allocate(long size) {
    DriverMemory memory = device.use().memory();
    try {
      return memory.allocate(size);
    } catch (CudaException failure) {
      if (!failure.isOutOfMemory()) {
        throw device.failed(failure);
      }
    }
    device.synchronise();
    trim();
    try {
      return memory.allocate(size);
    } catch (CudaException failure) {
      if (!failure.isOutOfMemory()) {
        throw device.failed(failure);
      }
      DriverMemory.Occupancy occupancy = memory.info();
      throw new WtaException(
          "the device has no room for %s: this backend uses %s, %s of %s are free"
              .formatted(text(size), text(used), text(occupancy.free()), text(occupancy.total())),
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
