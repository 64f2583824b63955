package dev.wta.api.contract;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.contract.support.TestBench;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** The backend that a test class checks: opened before the first test and closed after the last. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ContractFixture implements Contract {
  private TestBench bench;

  /**
   * Opens a backend; the contract closes it, and reaches it through {@link Backends#checked} only.
   * Called many times, with different numbers of threads.
   */
  protected abstract Backend open(BackendOptions options);

  @Override
  public final TestBench bench() {
    return bench;
  }

  @Override
  public final Backend openBackend(int threads) {
    return Backends.checked(open(BackendOptions.defaults().withThreads(threads)));
  }

  /** An odd number of threads, so that work does not divide evenly. */
  @BeforeAll
  public final void openBench() {
    bench = new TestBench(openBackend(3));
  }

  @AfterEach
  final void release() {
    bench.release();
  }

  @AfterAll
  public final void closeBench() {
    if (bench != null) { // the backend could not be opened
      bench.close();
    }
  }
}
