package dev.wta.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.contract.BackendContract;
import dev.wta.backend.cuda.host.HostCuda;
import dev.wta.backend.cuda.kernel.KernelCache;
import java.util.List;
import org.junit.jupiter.api.AfterAll;

/** The contract, with the kernels' sources built for the host. */
class HostContractTest extends BackendContract {
  private HostCuda host;

  @Override
  protected Backend open(BackendOptions options) {
    host = HostCuda.orSkip();
    System.setProperty(KernelCache.PROPERTY, "off");
    return new CudaBackendProvider(host.search()).open(options);
  }

  /** A device's blocks take their turns on the host. */
  @Override
  public int randomCases() {
    return 150;
  }

  /** Those of the host do not compute. */
  @Override
  public List<Integer> threads() {
    return List.of(1);
  }

  /** The host takes seconds for more. */
  @Override
  public List<Integer> winnersOfSums() {
    return List.of(FEWER_TERMS);
  }

  /** Whatever was freed had its guards untouched. */
  @AfterAll
  void nothingWasWrittenBehindTheEnd() {
    if (host != null) {
      assertThat(host.corruptions()).isZero();
    }
  }
}
