package dev.wta.backend.cuda.device;

import dev.wta.api.WtaException;
import dev.wta.backend.cuda.binding.CudaException;
import dev.wta.backend.cuda.binding.Driver;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One device as one backend uses it: the primary context, which the driver makes current on
 * whatever thread calls, and one stream. A fault that loses the context, or work that was recorded,
 * retires it: from then on every use says so.
 */
public final class Device implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Device.class);

  private final Driver driver;
  private final int device;
  private final int capability;
  private final long stream;
  private final Launches launches;
  private Runnable relief = () -> {};
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
    driver.bind(driver.retainPrimaryContext(device));
    try {
      stream = driver.createStream();
    } catch (RuntimeException failed) {
      releaseContext(driver);
      throw failed;
    }
    launches = new Launches(this);
  }

  /** The driver; this device's context is current on the calling thread. */
  public Driver use() {
    if (closed) {
      throw new IllegalStateException("the backend is closed");
    }
    if (fault != null) {
      throw new WtaException(
          "the device was lost by an earlier fault: " + fault.problem(), fault.remedy(), fault);
    }
    driver.makeCurrent();
    return driver;
  }

  /** As 10 * major + minor. */
  public int capability() {
    return capability;
  }

  public int driverVersion() {
    return driver.version();
  }

  /** The stream. Work other than launches is added to it after {@link #issue}. */
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

  /** Says what returns memory to the device that nobody needs. */
  void relieveBy(Runnable giver) {
    relief = giver;
  }

  /**
   * What a call answers that takes memory of the device. If there is none left, memory that nobody
   * needs goes back to the device, and the call is made once more.
   */
  public <T> T withRoom(Supplier<T> call) {
    try {
      return call.get();
    } catch (CudaException failure) {
      if (!failure.isOutOfMemory()) {
        throw failure;
      }
    }
    synchronise();
    relief.run();
    return call.get();
  }

  /** Returns the failure; one that loses the context is remembered. */
  public CudaException failed(CudaException failure) {
    return failure.isSticky() ? retired(failure) : failure;
  }

  /** Returns the failure, after which the device's memory is not what it should be. */
  CudaException retired(CudaException failure) {
    if (fault == null) {
      fault = failure;
    }
    return failure;
  }

  /** Returns when all work of the device is done. */
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
      release("the context", this::releaseContext);
    }
  }

  private void releaseContext(Driver current) {
    current.bind(0);
    current.releasePrimaryContext(device);
  }
}
