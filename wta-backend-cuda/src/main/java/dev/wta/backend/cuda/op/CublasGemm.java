package dev.wta.backend.cuda.op;

import dev.wta.api.WtaException;
import dev.wta.api.op.Precision;
import dev.wta.backend.cuda.binding.Cublas;
import dev.wta.backend.cuda.binding.LibrarySearch;
import dev.wta.backend.cuda.device.Device;
import dev.wta.backend.cuda.device.DevicePool;
import dev.wta.backend.cuda.kernel.Kernel;
import dev.wta.backend.cuda.kernel.Kernels;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Matrix products: cuBLAS where it is there, kernels of our own otherwise. */
public final class CublasGemm implements AutoCloseable {
  /**
   * Bytes that cuBLAS may compute in: what NVIDIA recommends for the largest cards. Without memory
   * that it is given, it would take some of its own, within graphs too.
   */
  private static final long WORKSPACE = 32L << 20;

  /** {@code off} to do without cuBLAS. */
  static final String PROPERTY = "wta.cuda.cublas";

  /**
   * The longest sum that is left to cuBLAS in one go; longer ones are cut, and the pieces added.
   * Its kernels may keep one running float32 sum. Where n terms are alike, each addition since the
   * sum's last doubling, of which there are n/2, may err by half a unit in the last place and all
   * the same way: n/4 roundings of the sum. {@link dev.wta.api.backend.Backend} allows 16 + 4 sqrt
   * n, which is more up to n = 373.
   */
  private static final int LONGEST_SUM = 352;

  /**
   * The same of bfloat16. What a precision allows of a product is twice what rounding both operands
   * to nearest takes: 2^-8 of the terms is left for sums, of which each addition may cut 2^-23.
   */
  private static final int LONGEST_SUM_OF_BF16 = 1 << 15;

  /** Pieces begin at multiples of this, so that rows that are aligned stay so. */
  private static final int ALIGNMENT = 8;

  /** From so many tiles of 128 x 64 on they fill a device; below, smaller tiles do better. */
  private static final long MANY_TILES = 256;

  private static final Logger log = LoggerFactory.getLogger(CublasGemm.class);

  private final Device device;
  private final Kernels kernels;
  private final DevicePool pool;
  private final LibrarySearch search;
  private Optional<Cublas> cublas = Optional.empty();
  private Optional<DevicePool.Block> workspace = Optional.empty();
  private boolean searched;

  public CublasGemm(Device device, Kernels kernels, DevicePool pool, LibrarySearch search) {
    this.device = device;
    this.kernels = kernels;
    this.pool = pool;
    this.search = search;
  }

  /** A row-major matrix on the device, and whether its transpose is meant. */
  public record Matrix(long address, int rowSize, boolean transposed) {}

  /** What becomes of a product before it is stored: an address of 0 is no bias. */
  public record Finish(long bias, boolean relu) {
    public static final Finish NONE = new Finish(0, false);

    boolean isNone() {
      return bias == 0 && !relu;
    }
  }

  /**
   * Says that there are products in a precision.
   *
   * @throws WtaException if there are none, because there is no cuBLAS
   */
  public void require(Precision precision, String backend) {
    if (cublas().isEmpty()) {
      throw new WtaException(
          "backend '%s' has no products in %s without cuBLAS: %s"
              .formatted(backend, precision, Cublas.notFound(search, driverMajor())),
          "pip install nvidia-cublas, or leave out 'precision'");
    }
  }

  /** {@link #product(Precision, Matrix, Matrix, int, int, int, float, float, Finish, long)}. */
  public void product(
      Matrix a, Matrix b, int m, int n, int k, float alpha, float beta, Finish finish, long out) {
    product(Precision.FLOAT32, a, b, m, n, k, alpha, beta, finish, out);
  }

  /**
   * {@code out = finish(alpha * op(a) * op(b) + beta * out)}, {@code (m, k)} times {@code (k, n)}.
   *
   * @param precision what operands may be rounded to
   */
  public void product(
      Precision precision,
      Matrix a,
      Matrix b,
      int m,
      int n,
      int k,
      float alpha,
      float beta,
      Finish finish,
      long out) {
    if (m == 0 || n == 0) {
      return;
    }
    Optional<Cublas> library = k == 0 ? Optional.empty() : cublas();
    if (library.isEmpty()) {
      ownProduct(a, b, m, n, k, alpha, beta, finish, out);
      return;
    }
    int piece = piece(k, precision);
    for (int start = 0; start < k; start += piece) {
      int from = start;
      int length = Math.min(piece, k - from);
      launch(
          m,
          n,
          length,
          () ->
              library
                  .get()
                  .product(
                      precision,
                      slice(a, !a.transposed(), from),
                      a.transposed(),
                      a.rowSize(),
                      slice(b, b.transposed(), from),
                      b.transposed(),
                      b.rowSize(),
                      m,
                      n,
                      length,
                      alpha,
                      from == 0 ? beta : 1,
                      out));
    }
    if (!finish.isNone()) {
      long size = (long) m * n;
      kernels
          .launch(Kernel.FINISH)
          .address(out)
          .address(finish.bias())
          .flag(finish.relu())
          .integer(n)
          .whole(size)
          .over(size);
    }
  }

  /** Whether products are cuBLAS's, and {@link #roundedProduct} is there. */
  public boolean hasCublas() {
    return cublas().isPresent();
  }

  /**
   * {@code out = a * b'} of matrices {@code (m, k)} and {@code (n, k)} of bfloat16, on tensor cores
   * where there are some; {@code out} is float32, and as exact as {@code screen.cu} says.
   */
  public void roundedProduct(long a, long b, int m, int n, int k, long out) {
    Cublas library = cublas().orElseThrow();
    launch(m, n, k, () -> library.roundedProduct(a, b, m, n, k, out));
  }

  private void launch(int m, int n, int k, Runnable product) {
    device.launches().library("cublasGemmEx", Objects.hash(m, n, k), product);
  }

  /** The terms of a sum of {@code k} that are left to cuBLAS in one go: about the same in each. */
  private static int piece(int k, Precision precision) {
    int most = precision == Precision.BF16 ? LONGEST_SUM_OF_BF16 : LONGEST_SUM;
    int even = Math.ceilDiv(k, Math.ceilDiv(k, most));
    return Math.ceilDiv(even, ALIGNMENT) * ALIGNMENT;
  }

  /** Where the terms of the sum from {@code from} on begin: along the rows, or row by row. */
  private static long slice(Matrix matrix, boolean alongRows, int from) {
    return matrix.address() + Float.BYTES * (alongRows ? from : (long) from * matrix.rowSize());
  }

  private void ownProduct(
      Matrix a, Matrix b, int m, int n, int k, float alpha, float beta, Finish finish, long out) {
    long largeTiles = (long) Math.ceilDiv(m, 128) * Math.ceilDiv(n, 64);
    boolean large = largeTiles >= MANY_TILES;
    kernels
        .launch(large ? Kernel.GEMM_LARGE : Kernel.GEMM_SMALL)
        .address(a.address())
        .flag(a.transposed())
        .address(b.address())
        .flag(b.transposed())
        .integer(m)
        .integer(n)
        .integer(k)
        .number(alpha)
        .number(beta)
        .address(finish.bias())
        .flag(finish.relu())
        .address(out)
        .blocks(large ? largeTiles : (long) Math.ceilDiv(m, 64) * Math.ceilDiv(n, 64));
  }

  /** Looked for at the first product, because it takes a while to start. */
  private Optional<Cublas> cublas() {
    if (!searched) {
      searched = true;
      boolean off = System.getProperty(PROPERTY, "").equals("off");
      device.issue(); // it is not opened while launches are recorded
      cublas =
          off
              ? Optional.empty()
              : device.withRoom(() -> Cublas.open(search, driverMajor(), device.stream()));
      cublas.ifPresent(
          library -> {
            DevicePool.Block block = pool.take(WORKSPACE);
            workspace = Optional.of(block);
            library.useWorkspace(block.address(), block.bytes());
          });
      if (cublas.isEmpty()) {
        log.info(
            "matrix products run on kernels of our own: {}",
            off
                ? "cuBLAS is off"
                : "no cuBLAS (pip install nvidia-cublas): "
                    + Cublas.notFound(search, driverMajor()));
      }
    }
    return cublas;
  }

  private int driverMajor() {
    return device.driverVersion() / 1000;
  }

  @Override
  public void close() {
    cublas.ifPresent(library -> device.release("cuBLAS", _ -> library.close()));
    cublas = Optional.empty();
    workspace.ifPresent(pool::giveBack);
    workspace = Optional.empty();
  }
}
