package dev.wta.backend.cuda;

import dev.wta.backend.cuda.binding.CudaException;
import dev.wta.backend.cuda.binding.Driver;
import java.lang.foreign.MemorySegment;

/**
 * Copies between Java's arrays and the device through two pinned buffers in turn: while the device
 * reads one, the host fills the other, and an upload returns when its numbers are in a buffer.
 */
final class Staging implements AutoCloseable {
  private static final long BUFFER = 4L << 20;

  private final Device device;
  private final MemorySegment[] buffers = new MemorySegment[2];
  private final long[] copied = new long[2];
  private int next;

  Staging(Device device) {
    this.device = device;
  }

  /** Copies {@code bytes} bytes of an array's segment to the device. */
  void upload(MemorySegment source, long target) {
    Driver driver = device.issue();
    try {
      long bytes = source.byteSize();
      for (long done = 0; done < bytes; ) {
        long count = Math.min(BUFFER, bytes - done);
        int turn = buffer(driver);
        MemorySegment.copy(source, done, buffers[turn], 0, count);
        driver.memory().copyToDevice(buffers[turn], target + done, count, device.stream());
        driver.record(copied[turn], device.stream());
        done += count;
      }
    } catch (CudaException failure) {
      throw device.failed(failure);
    }
  }

  /** Fills an array's segment from the device. Waits for the device. */
  void download(long source, MemorySegment target) {
    Driver driver = device.issue();
    try {
      long bytes = target.byteSize();
      for (long done = 0; done < bytes; ) {
        long count = Math.min(BUFFER, bytes - done);
        int turn = buffer(driver);
        driver.memory().copyToHost(source + done, buffers[turn], count, device.stream());
        driver.synchronise(device.stream());
        MemorySegment.copy(buffers[turn], 0, target, done, count);
        done += count;
      }
    } catch (CudaException failure) {
      throw device.failed(failure);
    }
  }

  /** The next buffer in turn, once the device has done with it. */
  private int buffer(Driver driver) {
    int turn = next;
    next = 1 - next;
    if (buffers[turn] == null) {
      buffers[turn] = driver.memory().allocateHost(BUFFER);
      copied[turn] = driver.createEvent();
    } else {
      driver.awaitEvent(copied[turn]); // one that was never recorded has happened
    }
    return turn;
  }

  @Override
  public void close() {
    for (int turn = 0; turn < buffers.length; turn++) {
      MemorySegment buffer = buffers[turn];
      long event = copied[turn];
      if (buffer != null) {
        device.release("a staging buffer", driver -> driver.memory().freeHost(buffer));
        if (event != 0) {
          device.release("an event", driver -> driver.destroyEvent(event));
        }
        buffers[turn] = null;
      }
    }
  }
}
