package dev.wta.backend.cuda.memory;

import dev.wta.backend.cuda.binding.CudaException;
import dev.wta.backend.cuda.binding.Driver;
import dev.wta.backend.cuda.device.Device;
import dev.wta.backend.cuda.device.DevicePool;
import dev.wta.backend.cuda.kernel.Kernels;
import java.lang.foreign.MemorySegment;

/**
 * Copies between Java's arrays and the device. An upload goes through a pinned buffer to device
 * memory of its own on a stream of its own, while the device computes, and from there to its target
 * in the order of all other work: so the target may be memory that earlier kernels still read. An
 * upload returns when its numbers are in pinned buffers, of which some may be under way at a time.
 */
public final class Staging implements AutoCloseable {
  private static final int SLOTS = 4;
  private static final long BUFFER = 4L << 20;

  private final Device device;
  private final Kernels kernels;
  private final DevicePool pool;
  private final Slot[] slots = new Slot[SLOTS];
  private int next;
  private long uploads;
  private MemorySegment downloads;

  Staging(Device device, Kernels kernels, DevicePool pool) {
    this.device = device;
    this.kernels = kernels;
    this.pool = pool;
  }

  /**
   * What a piece of an upload passes through: a buffer on each side.
   *
   * @param arrived the event that the pinned buffer has been read and the device's is written
   * @param taken the event that the device's buffer has been read
   */
  private record Slot(MemorySegment pinned, DevicePool.Block block, long arrived, long taken) {}

  /** Copies an array's segment, of whole words of 32 bits, to the device. */
  void upload(MemorySegment source, long target) {
    Driver driver = device.issue();
    long stream = device.stream();
    try {
      long bytes = source.byteSize();
      for (long done = 0; done < bytes; ) {
        long count = Math.min(BUFFER, bytes - done);
        Slot slot = slot(driver);
        driver.awaitEvent(slot.arrived());
        MemorySegment.copy(source, done, slot.pinned(), 0, count);
        driver.await(slot.taken(), uploads);
        driver.memory().copyToDevice(slot.pinned(), slot.block().address(), count, uploads);
        driver.record(slot.arrived(), uploads);
        driver.await(slot.arrived(), stream);
        long to = target + done;
        device
            .launches()
            .oneByOne(() -> kernels.copy(slot.block().address(), to, count / Integer.BYTES));
        driver.record(slot.taken(), stream);
        done += count;
      }
    } catch (CudaException failure) {
      throw device.failed(failure);
    }
  }

  /** Fills an array's segment from the device. Waits for the device. */
  public void download(long source, MemorySegment target) {
    Driver driver = device.issue();
    try {
      if (downloads == null) {
        downloads = driver.memory().allocateHost(BUFFER);
      }
      long bytes = target.byteSize();
      for (long done = 0; done < bytes; ) {
        long count = Math.min(BUFFER, bytes - done);
        driver.memory().copyToHost(source + done, downloads, count, device.stream());
        driver.synchronise(device.stream());
        MemorySegment.copy(downloads, 0, target, done, count);
        done += count;
      }
    } catch (CudaException failure) {
      throw device.failed(failure);
    }
  }

  /** The next slot in turn. */
  private Slot slot(Driver driver) {
    int turn = next;
    if (slots[turn] == null) {
      slots[turn] = makeSlot(driver);
    }
    next = (turn + 1) % SLOTS;
    return slots[turn];
  }

  private Slot makeSlot(Driver driver) {
    if (uploads == 0) {
      uploads = driver.createStream();
    }
    MemorySegment pinned = driver.memory().allocateHost(BUFFER);
    DevicePool.Block block;
    try {
      block = pool.take(BUFFER);
    } catch (RuntimeException noRoom) {
      driver.memory().freeHost(pinned);
      throw noRoom;
    }
    Slot slot = new Slot(pinned, block, driver.createEvent(), driver.createEvent());
    driver.record(slot.taken(), device.stream()); // by whoever had the block before
    return slot;
  }

  @Override
  public void close() {
    if (uploads != 0) {
      device.release("uploads", driver -> driver.synchronise(uploads));
    }
    for (Slot slot : slots) {
      if (slot != null) {
        device.release("a staging buffer", driver -> driver.memory().freeHost(slot.pinned()));
        device.release("an event", driver -> driver.destroyEvent(slot.arrived()));
        device.release("an event", driver -> driver.destroyEvent(slot.taken()));
        pool.giveBack(slot.block());
      }
    }
    if (downloads != null) {
      device.release("a staging buffer", driver -> driver.memory().freeHost(downloads));
    }
    if (uploads != 0) {
      device.release("the stream of uploads", driver -> driver.destroyStream(uploads));
    }
  }
}
