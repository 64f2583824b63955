package dev.wta.backend.cuda.device;

import dev.wta.backend.cuda.binding.CudaException;
import dev.wta.backend.cuda.binding.Driver;
import dev.wta.backend.cuda.binding.KernelCall;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What computes on a device's stream: kernels, and a library's products. By default each is started
 * at once. With {@code wta.cuda.graphs=on} they are recorded, and launched together as a CUDA graph
 * before anything else is put on the stream or waited for.
 */
public final class Launches implements AutoCloseable {
  /** {@code on} to launch what comes between two waits as a graph. */
  public static final String PROPERTY = "wta.cuda.graphs";

  private final Device device;
  private final Optional<LaunchGraphs> graphs;
  private boolean direct;

  Launches(Device device) {
    this.device = device;
    this.graphs =
        System.getProperty(PROPERTY, "").equals("on")
            ? Optional.of(new LaunchGraphs(device))
            : Optional.empty();
  }

  /** Starts a kernel, or records it. */
  public void kernel(KernelCall call) {
    start(call.name(), call.function(), driver -> driver.launch(call, device.stream()));
  }

  /**
   * Starts what another library puts on the stream, or records it.
   *
   * @param name what errors call it
   * @param kind a number that is the same where only addresses differ
   */
  public void library(String name, long kind, Runnable call) {
    start(name, kind, _ -> call.run());
  }

  private void start(String name, long kind, Consumer<Driver> call) {
    try {
      Driver driver = device.use();
      if (graphs.isPresent() && !direct) {
        graphs.get().record(name, kind, driver);
      }
      call.accept(driver);
    } catch (CudaException failure) {
      throw startWhatCameBefore(device.failed(failure));
    } catch (RuntimeException failure) {
      throw startWhatCameBefore(failure);
    }
  }

  /** Those calls had succeeded, so whoever handles the failure goes on from their results. */
  private <T extends RuntimeException> T startWhatCameBefore(T failure) {
    try {
      issue();
    } catch (RuntimeException lost) {
      failure.addSuppressed(lost);
    }
    return failure;
  }

  /** Runs what launches kernels between other work of the stream: none of them is recorded. */
  public void oneByOne(Runnable kernels) {
    issue();
    direct = true;
    try {
      kernels.run();
    } finally {
      direct = false;
    }
  }

  /** Launches all that was recorded. If that fails it is lost, and the device with it. */
  void issue() {
    if (graphs.isPresent()) {
      try {
        graphs.get().launch(device.use());
      } catch (CudaException failure) {
        throw device.retired(failure);
      }
    }
  }

  /** Forgets what was recorded, and gives the graphs back. */
  @Override
  public void close() {
    graphs.ifPresent(LaunchGraphs::abandon);
    graphs.ifPresent(LaunchGraphs::close);
  }
}
