package dev.wta.backend.cuda.kernel;

import dev.wta.backend.cuda.binding.CudaException;
import dev.wta.backend.cuda.binding.Driver;
import dev.wta.backend.cuda.device.Device;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** Kernels on a device: each source is compiled and loaded when its first kernel is asked for. */
public final class Kernels implements AutoCloseable {
  private final Device device;
  private final KernelImages images;
  private final Map<String, Long> modules = new HashMap<>();
  private final Map<Kernel, Long> functions = new EnumMap<>(Kernel.class);
  private final Launch launch;

  public Kernels(Device device, KernelImages images) {
    this.device = device;
    this.images = images;
    this.launch = new Launch(device.launches());
  }

  /** A launch of {@code kernel}, to be given its arguments; there is one launch at a time. */
  public Launch launch(Kernel kernel) {
    return launch.begin(kernel.function(), function(kernel));
  }

  /** Sets {@code count} words of 32 bits. */
  public void fill(int word, long address, long count) {
    launch(Kernel.FILL).integer(word).address(address).whole(count).over(count);
  }

  /** Copies {@code count} words of 32 bits. */
  public void copy(long from, long to, long count) {
    launch(Kernel.COPY).address(from).address(to).whole(count).over(count);
  }

  private long function(Kernel kernel) {
    Long function = functions.get(kernel);
    return function != null ? function : load(kernel);
  }

  private long load(Kernel kernel) {
    Driver driver = device.issue(); // a module is not loaded while launches are recorded
    try {
      Long module = modules.get(kernel.source());
      if (module == null) {
        byte[] image = images.of(kernel.source());
        module = device.withRoom(() -> driver.loadModule(image));
        modules.put(kernel.source(), module);
      }
      long function = driver.function(module, kernel.function());
      functions.put(kernel, function);
      return function;
    } catch (CudaException failure) {
      throw device.failed(failure);
    }
  }

  @Override
  public void close() {
    for (long module : modules.values()) {
      device.release("a module", driver -> driver.unloadModule(module));
    }
    modules.clear();
    functions.clear();
  }
}
