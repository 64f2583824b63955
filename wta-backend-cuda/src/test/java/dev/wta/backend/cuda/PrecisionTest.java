package dev.wta.backend.cuda;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.contract.ContractFixture;
import dev.wta.api.contract.PrecisionContract;
import dev.wta.backend.cuda.host.HostCuda;
import dev.wta.backend.cuda.kernel.KernelCache;
import java.util.List;

/** Products of rounded operands, which the contract without cuBLAS does not see. */
class PrecisionTest extends ContractFixture implements PrecisionContract {
  @Override
  public int roundedExtent() {
    return 60; // cuBLAS rounds products of all sizes
  }

  @Override
  public List<Integer> threads() {
    return List.of(1); // those of the host do not compute
  }

  @Override
  protected Backend open(BackendOptions options) {
    System.setProperty(KernelCache.PROPERTY, "off");
    return new CudaBackendProvider(HostCuda.orSkip().searchWithCublas()).open(options);
  }
}
