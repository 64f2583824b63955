package dev.wta.backend.cuda.device;

import dev.wta.backend.cuda.binding.CudaException;
import dev.wta.backend.cuda.binding.Driver;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * Records what is put on a device's stream, by stream capture, and launches it as one CUDA graph.
 * Of kernels and products that came in the same order before, the executable graph is there and is
 * only updated: with the arguments and grids that have changed. What has not been used for long is
 * destroyed.
 */
final class LaunchGraphs implements AutoCloseable {
  private static final int MOST_EXECUTABLES = 64;

  private final Device device;

  /** By a hash of what they launch, the one that was used last at the end. */
  private final SequencedMap<Long, Executable> executables = new LinkedHashMap<>(16, 0.75f, true);

  private boolean recording;
  private long hash;
  private int size;
  private String first = "";
  private String last = "";

  /** What can be launched, and what errors call it. */
  private record Executable(long handle, String name) {}

  LaunchGraphs(Device device) {
    this.device = device;
  }

  /**
   * Says what is put on the stream next: it is recorded instead of started.
   *
   * @param kind the same for what differs in arguments and grid alone, such as a kernel's function
   */
  void record(String name, long kind, Driver driver) {
    if (!recording) {
      driver.graphs().beginCapture(device.stream());
      recording = true;
      hash = 0;
      size = 0;
      first = name;
    }
    hash = hash * 31 + kind;
    size++;
    last = name;
  }

  /** Launches what was recorded, if anything was. */
  void launch(Driver driver) {
    if (!recording) {
      return;
    }
    recording = false;
    long graph = driver.graphs().endCapture(device.stream());
    try {
      Executable executable = executable(graph, driver);
      driver.graphs().launch(executable.name(), executable.handle(), device.stream());
    } finally {
      device.release("a graph", current -> current.graphs().destroy(graph));
    }
  }

  /** Forgets what was recorded. */
  void abandon() {
    if (recording) {
      recording = false;
      device.release(
          "a graph",
          driver -> driver.graphs().destroy(driver.graphs().endCapture(device.stream())));
    }
  }

  /** The one for what was recorded: that of its hash, updated, or a new one. */
  private Executable executable(long graph, Driver driver) {
    Executable known = executables.get(hash);
    if (known != null) {
      if (driver.graphs().update(known.name(), known.handle(), graph)) {
        return known;
      }
      destroy(executables.remove(hash));
    }
    Executable made = instantiate(graph, driver);
    executables.put(hash, made);
    if (executables.size() > MOST_EXECUTABLES) {
      destroy(executables.pollFirstEntry().getValue());
    }
    return made;
  }

  /** Where the device has no room for another one, the others make some. */
  private Executable instantiate(long graph, Driver driver) {
    String name =
        "%d launches from %s to %s (-D%s=off starts them one by one)"
            .formatted(size, first, last, Launches.PROPERTY);
    try {
      return new Executable(driver.graphs().instantiate(name, graph), name);
    } catch (CudaException failed) {
      if (!failed.isOutOfMemory()) {
        throw failed;
      }
    }
    close();
    return new Executable(driver.graphs().instantiate(name, graph), name);
  }

  /** Waits for what is under way. */
  private void destroy(Executable executable) {
    device.release(
        "a graph",
        driver -> {
          driver.synchronise(device.stream());
          driver.graphs().destroyExecutable(executable.handle());
        });
  }

  @Override
  public void close() {
    executables.values().forEach(this::destroy);
    executables.clear();
  }
}
