package dev.wta.backend.cuda;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.backend.cuda.device.Launches;
import dev.wta.backend.cuda.host.HostCuda;
import dev.wta.backend.cuda.host.HostCuda.Early;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;

/** The contract once more, with graphs, and with uploads that are as early as they may be. */
@Tag("slow")
class GraphContractTest extends HostContractTest {
  @Override
  protected Backend open(BackendOptions options) {
    HostCuda.orSkip().runEarly(Early.UPLOADS);
    System.setProperty(Launches.PROPERTY, "on");
    return super.open(options);
  }

  @AfterAll
  void forget() {
    System.clearProperty(Launches.PROPERTY);
    HostCuda.orSkip().runEarly(Early.NOTHING);
  }
}
