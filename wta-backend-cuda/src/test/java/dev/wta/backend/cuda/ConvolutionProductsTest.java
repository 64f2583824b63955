package dev.wta.backend.cuda;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.contract.ConvolutionContract;
import dev.wta.api.contract.support.TestBench;
import dev.wta.backend.cuda.host.HostCuda;
import dev.wta.backend.cuda.kernel.KernelCache;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/**
 * Convolutions by cuBLAS, many tiles each: tiles that begin within a sample, and of few channels.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConvolutionProductsTest implements ConvolutionContract {
  private static final String TILE = "wta.cuda.tile";
  private static final long BYTES = 100_000;

  private HostCuda host;
  private TestBench bench;

  @BeforeAll
  void start() {
    host = HostCuda.orSkip();
    System.setProperty(KernelCache.PROPERTY, "off");
    System.setProperty(TILE, Long.toString(BYTES));
    bench = new TestBench(openBackend(1));
  }

  @AfterEach
  void release() {
    bench.release();
  }

  @AfterAll
  void close() {
    System.clearProperty(TILE);
    if (bench != null) {
      bench.close();
    }
  }

  @Override
  public TestBench bench() {
    return bench;
  }

  @Override
  public Backend openBackend(int threads) {
    return Backends.checked(
        new CudaBackendProvider(host.searchWithCublas())
            .open(BackendOptions.defaults().withThreads(threads)));
  }
}
