package dev.wta.backend.cuda;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.contract.PrecisionContract;
import dev.wta.api.contract.support.TestBench;
import dev.wta.backend.cuda.host.HostCuda;
import dev.wta.backend.cuda.kernel.KernelCache;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** Products of rounded operands, which the contract without cuBLAS does not see. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PrecisionTest implements PrecisionContract {
  private HostCuda host;
  private TestBench bench;

  @BeforeAll
  void start() {
    host = HostCuda.orSkip();
    System.setProperty(KernelCache.PROPERTY, "off");
    bench = new TestBench(openBackend(1));
  }

  @AfterEach
  void release() {
    bench.release();
  }

  @AfterAll
  void close() {
    if (bench != null) {
      bench.close();
    }
  }

  @Override
  public TestBench bench() {
    return bench;
  }

  @Override
  public int roundedExtent() {
    return 60; // cuBLAS rounds products of all sizes
  }

  @Override
  public List<Integer> threads() {
    return List.of(1); // those of the host do not compute
  }

  @Override
  public Backend openBackend(int threads) {
    return Backends.checked(
        new CudaBackendProvider(host.searchWithCublas())
            .open(BackendOptions.defaults().withThreads(threads)));
  }
}
