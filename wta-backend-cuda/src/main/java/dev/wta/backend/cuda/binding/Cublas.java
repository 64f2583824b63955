package dev.wta.backend.cuda.binding;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.wta.api.op.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** cuBLAS: the product of float32 matrices, on one stream. */
@SuppressWarnings("restricted") // calling native code is what this is for
public final class Cublas implements AutoCloseable {
  private static final int REAL_FLOAT32 = 0;
  private static final int REAL_BFLOAT16 = 14;
  private static final int DEFAULT_ALGORITHM = -1;
  private static final int NO_TRANSPOSE = 0;
  private static final int TRANSPOSE = 1;

  private final SharedLibrary library;
  private final MethodHandle destroy;
  private final MethodHandle setWorkspace;
  private final MethodHandle gemm;
  private final MethodHandle statusString;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment alpha = arena.allocate(JAVA_FLOAT);
  private final MemorySegment beta = arena.allocate(JAVA_FLOAT);
  private final long handle;

  private Cublas(SharedLibrary library, long stream) {
    this.library = library;
    MethodHandle create = library.statusFunction("cublasCreate_v2", ADDRESS);
    MethodHandle setStream = library.statusFunction("cublasSetStream_v2", JAVA_LONG, JAVA_LONG);
    destroy = library.statusFunction("cublasDestroy_v2", JAVA_LONG);
    setWorkspace = library.statusFunction("cublasSetWorkspace_v2", JAVA_LONG, JAVA_LONG, JAVA_LONG);
    gemm =
        library.statusFunction(
            "cublasGemmEx",
            JAVA_LONG,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            ADDRESS,
            JAVA_LONG,
            JAVA_INT,
            JAVA_INT,
            JAVA_LONG,
            JAVA_INT,
            JAVA_INT,
            ADDRESS,
            JAVA_LONG,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT);
    statusString =
        library.function("cublasGetStatusString", FunctionDescriptor.of(ADDRESS, JAVA_INT));
    MemorySegment out = arena.allocate(JAVA_LONG);
    check("cublasCreate", () -> (int) create.invokeExact(out));
    handle = out.get(JAVA_LONG, 0);
    check("cublasSetStream", () -> (int) setStream.invokeExact(handle, stream));
  }

  /**
   * cuBLAS of CUDA {@code major}, or of an older one from 12 on; empty where there is none. The
   * context that it is for is current.
   */
  public static Optional<Cublas> open(LibrarySearch search, int major, long stream) {
    LibraryNames names = LibraryNames.ofThisMachine();
    // Its other half, looked for first: with that loaded, the loader need not find it by itself.
    SharedLibrary.find(search, names.cublasLt(major));
    return SharedLibrary.find(search, names.cublas(major))
        .map(library -> new Cublas(library, stream));
  }

  /** Where one for CUDA {@code major} was looked for in vain. */
  public static String notFound(LibrarySearch search, int major) {
    return search.notFound(LibraryNames.ofThisMachine().cublas(major));
  }

  /** Gives it memory to compute in, aligned to 256 bytes, which has to outlive it. */
  public void useWorkspace(long address, long bytes) {
    check("cublasSetWorkspace", () -> (int) setWorkspace.invokeExact(handle, address, bytes));
  }

  public SharedLibrary library() {
    return library;
  }

  /**
   * {@code out = alpha * op(a) * op(b) + beta * out} of row-major matrices, {@code (m, k)} times
   * {@code (k, n)}. cuBLAS has columns first, so it computes the transposed product: b' times a'.
   *
   * @param precision what operands are rounded to; they are stored in float32
   */
  public void product(
      Precision precision,
      long a,
      boolean transposeA,
      int rowSizeA,
      long b,
      boolean transposeB,
      int rowSizeB,
      int m,
      int n,
      int k,
      float factor,
      float keep,
      long out) {
    call(
        REAL_FLOAT32,
        a,
        transposeA,
        rowSizeA,
        b,
        transposeB,
        rowSizeB,
        m,
        n,
        k,
        factor,
        keep,
        out,
        computeType(precision));
  }

  /**
   * {@code out = a * b'} of row-major matrices of bfloat16, {@code (m, k)} and {@code (n, k)}; sums
   * and the result are float32.
   */
  public void roundedProduct(long a, long b, int m, int n, int k, long out) {
    call(
        REAL_BFLOAT16, a, false, k, b, true, k, m, n, k, 1, 0, out, computeType(Precision.FLOAT32));
  }

  private void call(
      int type,
      long a,
      boolean transposeA,
      int rowSizeA,
      long b,
      boolean transposeB,
      int rowSizeB,
      int m,
      int n,
      int k,
      float factor,
      float keep,
      long out,
      int computeType) {
    alpha.set(JAVA_FLOAT, 0, factor);
    beta.set(JAVA_FLOAT, 0, keep);
    int opA = transposeA ? TRANSPOSE : NO_TRANSPOSE;
    int opB = transposeB ? TRANSPOSE : NO_TRANSPOSE;
    check(
        "cublasGemmEx",
        () ->
            (int)
                gemm.invokeExact(
                    handle,
                    opB,
                    opA,
                    n,
                    m,
                    k,
                    alpha,
                    b,
                    type,
                    rowSizeB,
                    a,
                    type,
                    rowSizeA,
                    beta,
                    out,
                    REAL_FLOAT32,
                    n,
                    computeType,
                    DEFAULT_ALGORITHM));
  }

  /** cuBLAS's number for products of such operands and sums in float32. */
  private static int computeType(Precision precision) {
    return switch (precision) {
      case FLOAT32 -> 68;
      case TF32 -> 77;
      case BF16 -> 75;
    };
  }

  @Override
  public void close() {
    check("cublasDestroy", () -> (int) destroy.invokeExact(handle));
    arena.close();
  }

  private void check(String name, Driver.Call call) {
    int status;
    try {
      status = call.run();
    } catch (Throwable impossible) { // no C function throws
      throw new IllegalStateException(name + " could not be called", impossible);
    }
    if (status != 0) {
      throw failure(name, status);
    }
  }

  private CudaException failure(String name, int status) {
    try {
      MemorySegment text = (MemorySegment) statusString.invokeExact(status);
      return CudaException.ofCublas(name, status, text.reinterpret(256).getString(0));
    } catch (Throwable impossible) {
      throw new IllegalStateException("cublasGetStatusString could not be called", impossible);
    }
  }
}
