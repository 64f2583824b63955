package dev.wta.backend.cpu;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.contract.BackendContract;

/** The contract of every backend, at the vector width that the test run forces. */
class CpuContractTest extends BackendContract {
  @Override
  protected Backend open(BackendOptions options) {
    return new CpuBackendProvider().open(options);
  }

  @Override
  public boolean scalesRows() {
    return true;
  }
}
