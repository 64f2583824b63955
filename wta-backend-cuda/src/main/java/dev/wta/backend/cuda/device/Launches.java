package dev.wta.backend.cuda.device;

import dev.wta.backend.cuda.binding.CudaException;
import dev.wta.backend.cuda.binding.Driver;
import java.util.Optional;

/**
 * What is launched on a device's stream. By default each launch is issued at once. With {@code
 * wta.cuda.graphs=on} launches gather, and are issued together before anything else is added to the
 * stream or waited for: as a CUDA graph where the same kernels came in the same order before.
 */
public final class Launches implements AutoCloseable {
  /** {@code on} to issue what comes again and again as graphs. */
  public static final String PROPERTY = "wta.cuda.graphs";

  private final Device device;
  private final LaunchList list = new LaunchList();
  private final Optional<LaunchGraphs> graphs;

  Launches(Device device) {
    this.device = device;
    this.graphs =
        System.getProperty(PROPERTY, "").equals("on")
            ? Optional.of(new LaunchGraphs(device))
            : Optional.empty();
  }

  /** The list that launches are added to; call {@link #added} afterwards. */
  public LaunchList list() {
    return list;
  }

  /** Issues the launch that was added, or lets it wait for others. */
  public void added() {
    if (graphs.isEmpty() || list.isFull()) {
      issue();
    }
  }

  /** Issues all that waits. */
  void issue() {
    if (list.isEmpty()) {
      return;
    }
    try {
      Driver driver = device.use();
      if (graphs.isEmpty() || !graphs.get().launch(list, driver)) {
        for (int i = 0; i < list.size(); i++) {
          driver.launch(list.call(i), device.stream());
        }
      }
    } catch (CudaException failure) {
      throw device.failed(failure);
    } finally {
      list.clear();
    }
  }

  /** Gives the graphs back, and forgets what waits. */
  @Override
  public void close() {
    list.clear();
    graphs.ifPresent(LaunchGraphs::close);
    list.close();
  }
}
