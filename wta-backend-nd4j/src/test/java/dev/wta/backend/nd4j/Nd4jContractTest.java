package dev.wta.backend.nd4j;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.contract.BackendContract;

/** The contract of every backend. */
@WhereNativesAre
class Nd4jContractTest extends BackendContract {
  @Override
  protected Backend open(BackendOptions options) {
    return new Nd4jBackendProvider().open(options);
  }

  /** A call of ND4J takes long, however little it has to do. */
  @Override
  public int randomCases() {
    return 150;
  }
}
