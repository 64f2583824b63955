package dev.wta.api.contract;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.contract.fuzz.FuzzContract;
import dev.wta.api.contract.support.TestBench;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/**
 * All that a backend promises, as tests. A backend's own test is a subclass:
 *
 * <pre>{@code
 * class MyBackendTest extends BackendContract {
 *   @Override
 *   protected Backend open(BackendOptions options) {
 *     return new MyProvider().open(options);
 *   }
 * }
 * }</pre>
 *
 * The groups of checks are interfaces of their own, so a single group can be run while a backend is
 * being written.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BackendContract
    implements GemmContract,
        LongSumsContract,
        NormalProductContract,
        ElementwiseContract,
        ReductionContract,
        LossContract,
        ConvolutionContract,
        PoolingContract,
        SelectionContract,
        EncodingContract,
        MapEncodingContract,
        SparseContract,
        SparseMapsContract,
        WinnerSlicesContract,
        UpdateContract,
        FactoredUpdateContract,
        ExtremesContract,
        RandomnessContract,
        MemoryContract,
        LifetimeContract,
        OwnershipContract,
        DeterminismContract,
        PrecisionContract,
        FuzzContract {
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
