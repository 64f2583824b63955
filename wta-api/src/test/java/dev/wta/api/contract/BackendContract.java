package dev.wta.api.contract;

import dev.wta.api.contract.fuzz.FuzzContract;

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
 * being written, by a subclass of {@link ContractFixture}.
 */
public abstract class BackendContract extends ContractFixture
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
        FuzzContract {}
