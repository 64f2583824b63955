package dev.wta.bench.kernel;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The backend that a benchmark runs on. */
@State(Scope.Benchmark)
public class BenchBackend {
  @Param("cpu")
  public String backend;

  @Param("1")
  public int threads;

  private Backend opened;

  @Setup(Level.Trial)
  public void open() {
    opened = Backends.named(backend, BackendOptions.defaults().withThreads(threads));
  }

  @TearDown(Level.Trial)
  public void close() {
    opened.close();
  }

  public Backend get() {
    return opened;
  }

  /** Makes tensors on it. */
  RandomTensors operands() {
    return new RandomTensors(opened);
  }
}
