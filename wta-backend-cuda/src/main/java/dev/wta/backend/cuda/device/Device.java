package dev.wta.backend.cuda.device;

import dev.wta.api.WtaException;
import dev.wta.backend.cuda.binding.CudaException;
import dev.wta.backend.cuda.binding.Driver;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One device as one backend uses it: the primary context, made current on whatever thread calls,
 * and one stream. A fault that loses the context retires it: from then on every use says so.
 */
public final class Device implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Device.class);

  /**
   * Whose context is current on this thread, as far as this class made it so. Not the context
   * itself: a new one may have a destroyed one's address.
   */
  private static final ThreadLocal<Long> CURRENT = ThreadLocal.withInitial(() -> 0L);

  private static final AtomicLong LAST_ID = new AtomicLong();

  private final long id = LAST_ID.incrementAndGet();
  private final Driver driver;
  private final int device;
  private final int capability;
  private final long context;
  private final long stream;
  private final Launches launches;
  private CudaException fault;
  private boolean closed;

  public Device(Driver driver, int ordinal) {
    this.driver = driver;
    int count = driver.deviceCount();
    if (ordinal >= count) {
      throw new WtaException(
          "there is no device %d: the driver sees %d".formatted(ordinal, count),
          "choose one from 0 to " + (count - 1));
    }
    device = driver.device(ordinal);
    capability = Installation.capability(driver, device);
    context = driver.retainPrimaryContext(device);
    try {
      makeCurrent();
      stream = driver.createStream();
    } catch (RuntimeException failed) {
      driver.releasePrimaryContext(device);
      throw failed;
    }
    launches = new Launches(this);
  }

  /** The driver, with this device's context current on the calling thread. */
  public Driver use() {
    if (closed) {
      throw new IllegalStateException("the backend is closed");
    }
    if (fault != null) {
      throw new WtaException(
          "the device was lost by an earlier fault: " + fault.problem(), fault.remedy(), fault);
    }
    makeCurrent();
    return driver;
  }

  /** As 10 * major + minor. */
  public int capability() {
    return capability;
  }

  public int driverVersion() {
    return driver.version();
  }

  /** The stream. What goes on it other than by a launch goes there after {@link #issue}. */
  public long stream() {
    return stream;
  }

  public Launches launches() {
    return launches;
  }

  /** The driver, once all that was launched before is on the stream. */
  public Driver issue() {
    launches.issue();
    return use();
  }

  public boolean isClosed() {
    return closed;
  }

  /** What failed, which is told on; a fault that loses the context is remembered. */
  public CudaException failed(CudaException failure) {
    if (failure.isSticky() && fault == null) {
      fault = failure;
    }
    return failure;
  }

  /** Returns when all that was asked of the device is done. */
  public void synchronise() {
    Driver current = issue();
    try {
      current.synchronise(stream);
    } catch (CudaException failure) {
      throw failed(failure);
    }
  }

  /** Something to give back when the backend closes. */
  @FunctionalInterface
  public interface Release {
    void run(Driver driver);
  }

  /** Gives back; what fails is logged, because a lost context cannot give anything back. */
  public void release(String what, Release release) {
    try {
      makeCurrent();
      release.run(driver);
    } catch (CudaException failure) {
      log.debug("{} was not given back", what, failure);
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      release("the stream", d -> d.destroyStream(stream));
      release("the context", d -> d.releasePrimaryContext(device));
      CURRENT.remove();
    }
  }

  private void makeCurrent() {
    // A virtual thread may be on another platform thread than last time, where another is current.
    if (CURRENT.get() != id || Thread.currentThread().isVirtual()) {
      driver.setCurrent(context);
      CURRENT.set(id);
    }
  }
}
