package dev.wta.api.contract;

import dev.wta.api.backend.Backend;
import dev.wta.api.contract.support.TestBench;

/** What every group of checks starts from. */
public interface Contract {

  /** The backend under test beside the reference. */
  TestBench bench();

  /** Another backend of the tested kind, to be closed by the caller. */
  Backend openBackend(int threads);
}
