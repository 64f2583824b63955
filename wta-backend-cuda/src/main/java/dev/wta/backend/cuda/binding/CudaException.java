package dev.wta.backend.cuda.binding;

import dev.wta.api.WtaException;
import java.util.Set;

/** A call of one of NVIDIA's libraries that failed: which, with what status, and what to do. */
public final class CudaException extends WtaException {
  private static final long serialVersionUID = 1;

  static final int OUT_OF_MEMORY = 2;
  static final int DEVICE_UNAVAILABLE = 46;
  static final int NO_DEVICE = 100;
  static final int INVALID_IMAGE = 200;
  static final int NO_BINARY_FOR_GPU = 209;
  static final int INVALID_PTX = 218;
  static final int UNSUPPORTED_PTX_VERSION = 222;
  static final int SYSTEM_NOT_READY = 802;
  static final int SYSTEM_DRIVER_MISMATCH = 803;
  static final int COMPATIBILITY_NOT_SUPPORTED = 804;

  /** cuBLAS's own number for memory that could not be had. */
  static final int CUBLAS_ALLOCATION_FAILED = 3;

  /**
   * After one of these every further call on the context fails: uncorrectable memory errors, faults
   * of kernels, a device that is gone.
   */
  private static final Set<Integer> STICKY =
      Set.of(4, 46, 214, 220, 226, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719, 721, 999);

  private final String call;
  private final int status;

  CudaException(String call, int status, String statusName, String remedy) {
    super("%s failed: %s (%d)".formatted(call, statusName, status), remedy);
    this.call = call;
    this.status = status;
  }

  /** A failed call of the driver. */
  static CudaException ofDriver(String call, int status, String statusName) {
    return new CudaException(call, status, statusName, remedyOf(call, status));
  }

  /** A failed call of cuBLAS. */
  static CudaException ofCublas(String call, int status, String statusName) {
    return new CudaException(
        call,
        status,
        statusName,
        status == CUBLAS_ALLOCATION_FAILED
            ? remedyOf(call, OUT_OF_MEMORY)
            : "use the cuBLAS of the driver's CUDA version, or do without it:"
                + " -Dwta.cuda.cublas=off");
  }

  /** The function that failed, such as {@code cuMemAlloc}. */
  public String call() {
    return call;
  }

  public int status() {
    return status;
  }

  /** Whether the device's memory is full. */
  public boolean isOutOfMemory() {
    return isOfDriver()
        ? status == OUT_OF_MEMORY && !call.startsWith("cuMemAllocHost")
        : call.startsWith("cublas") && status == CUBLAS_ALLOCATION_FAILED;
  }

  /** Whether the device's context is lost, and with it all that was in its memory. */
  public boolean isSticky() {
    return isOfDriver() && STICKY.contains(status);
  }

  private boolean isOfDriver() {
    return call.startsWith("cu") && !call.startsWith("cublas");
  }

  private static String remedyOf(String call, int status) {
    return switch (status) {
      case OUT_OF_MEMORY ->
          call.startsWith("cuMemAllocHost")
              ? "let the process lock more of the host's memory (ulimit -l, the container's limit)"
              : "use a smaller batch or fewer units, or free memory on the device: nvidia-smi shows"
                  + " which processes hold it";
      case DEVICE_UNAVAILABLE ->
          "another process has the device to itself: wait for it, choose another device, or let it"
              + " be shared with nvidia-smi -c DEFAULT";
      case NO_DEVICE ->
          "check with nvidia-smi that the driver sees a device, and CUDA_VISIBLE_DEVICES";
      case INVALID_IMAGE, NO_BINARY_FOR_GPU, INVALID_PTX, UNSUPPORTED_PTX_VERSION ->
          "use an NVRTC no newer than the driver (nvidia-smi shows its CUDA version)";
      case SYSTEM_NOT_READY -> "start NVIDIA's fabric manager, or wait until it is up";
      case COMPATIBILITY_NOT_SUPPORTED ->
          "use a container image of the driver's CUDA version (nvidia-smi shows it)";
      case SYSTEM_DRIVER_MISMATCH -> "restart the machine: the driver was updated under it";
      default ->
          STICKY.contains(status)
              ? "start again; if it comes back, look at nvidia-smi and the kernel's log for Xid"
                  + " errors"
              : "check the driver with nvidia-smi, or use --backend cpu";
    };
  }
}
