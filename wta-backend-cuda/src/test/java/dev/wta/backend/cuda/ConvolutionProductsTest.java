package dev.wta.backend.cuda;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.contract.ContractFixture;
import dev.wta.api.contract.ConvolutionContract;
import dev.wta.backend.cuda.host.HostCuda;
import dev.wta.backend.cuda.kernel.KernelCache;
import org.junit.jupiter.api.AfterAll;

/**
 * Convolutions by cuBLAS, many tiles each: tiles that begin within a sample, and of few channels.
 */
class ConvolutionProductsTest extends ContractFixture implements ConvolutionContract {
  private static final String TILE = "wta.cuda.tile";
  private static final long BYTES = 100_000;

  @Override
  protected Backend open(BackendOptions options) {
    System.setProperty(KernelCache.PROPERTY, "off");
    System.setProperty(TILE, Long.toString(BYTES));
    return new CudaBackendProvider(HostCuda.orSkip().searchWithCublas()).open(options);
  }

  @AfterAll
  void tilesAreAsUsual() {
    System.clearProperty(TILE);
  }
}
