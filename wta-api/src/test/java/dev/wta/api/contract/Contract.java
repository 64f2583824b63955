package dev.wta.api.contract;

import dev.wta.api.backend.Backend;
import dev.wta.api.contract.support.TestBench;
import java.util.List;

/** What every group of checks starts from. */
public interface Contract {

  /** The backend under test beside the reference. */
  TestBench bench();

  /** Another backend of the tested kind, to be closed by the caller. */
  Backend openBackend(int threads);

  /** Numbers of threads for which a backend may differ. */
  default List<Integer> threads() {
    return List.of(1, 2, 3, 7);
  }
}
