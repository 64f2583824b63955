package dev.wta.api.reference;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.contract.BackendContract;

/**
 * The reference under its own contract: memory, misuse, guards, equations and Philox; see also its
 * known answers.
 */
// README: contract
class ReferenceContractTest extends BackendContract {
  @Override
  protected Backend open(BackendOptions options) {
    return new ReferenceBackendProvider().open(options);
  }
}
// README: end
