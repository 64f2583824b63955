package dev.wta.backend.cuda;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.op.Convolution;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Precision;
import dev.wta.api.op.Randomness;
import dev.wta.api.op.Selection;
import dev.wta.api.op.Sparse;
import dev.wta.api.op.Update;
import dev.wta.backend.cuda.device.Device;
import dev.wta.backend.cuda.device.Installation;
import dev.wta.backend.cuda.kernel.KernelCache;
import dev.wta.backend.cuda.kernel.KernelImages;
import dev.wta.backend.cuda.kernel.Kernels;
import dev.wta.backend.cuda.memory.CudaMemory;
import dev.wta.backend.cuda.op.CublasGemm;
import java.util.Optional;

/** The SPI on one device: seven groups of operations over one {@link CudaMemory}. */
public final class CudaBackend implements Backend {
  private final String deviceName;
  private final Device device;
  private final Kernels kernels;
  private final CudaMemory memory;
  private final CublasGemm products;
  private final Dense dense;
  private final CudaConvolution convolution;
  private final Selection selection;
  private final Sparse sparse;
  private final Update update;
  private final Randomness randomness;
  private final Optional<CudaBackend> viewed;

  CudaBackend(Installation installation, BackendOptions options) {
    device = new Device(installation.driver(), options.device());
    deviceName = Installation.describe(installation.driver(), options.device());
    KernelImages images =
        new KernelImages(
            installation.nvrtc(),
            KernelCache.ofUser(),
            device.capability(),
            device.driverVersion());
    kernels = new Kernels(device, images);
    memory = new CudaMemory(device, kernels);
    products = new CublasGemm(device, kernels, memory.pool(), installation.search());
    dense = new CudaDense(memory, kernels, products, Precision.FLOAT32);
    convolution = new CudaConvolution(memory, kernels, products, Precision.FLOAT32);
    selection = new CudaSelection(memory, kernels, products, convolution);
    sparse = new CudaSparse(memory, kernels);
    update = new CudaUpdate(memory, kernels);
    randomness = new CudaRandomness(memory, kernels);
    viewed = Optional.empty();
  }

  /** A view of a backend in another precision: all but products and convolutions is of it. */
  private CudaBackend(CudaBackend of, Precision precision) {
    deviceName = of.deviceName;
    device = of.device;
    kernels = of.kernels;
    memory = of.memory;
    products = of.products;
    dense = new CudaDense(memory, kernels, products, precision);
    convolution = new CudaConvolution(memory, kernels, products, precision);
    selection = of.selection;
    sparse = of.sparse;
    update = of.update;
    randomness = of.randomness;
    viewed = Optional.of(of);
  }

  /**
   * A view that multiplies in another precision, by cuBLAS, as {@link Backend#withPrecision} says;
   * gradients of few filters stay float32.
   */
  @Override
  public Backend withPrecision(Precision precision) {
    CudaBackend whole = viewed.orElse(this);
    if (precision == Precision.FLOAT32) {
      return whole;
    }
    products.require(precision, name());
    return new CudaBackend(whole, precision);
  }

  @Override
  public String name() {
    return CudaBackendProvider.NAME;
  }

  @Override
  public String device() {
    return deviceName;
  }

  @Override
  public CudaMemory memory() {
    return memory;
  }

  @Override
  public Dense dense() {
    return dense;
  }

  @Override
  public Convolution convolution() {
    return convolution;
  }

  @Override
  public Selection selection() {
    return selection;
  }

  @Override
  public Sparse sparse() {
    return sparse;
  }

  @Override
  public Update update() {
    return update;
  }

  @Override
  public Randomness randomness() {
    return randomness;
  }

  @Override
  public void close() {
    if (viewed.isEmpty() && !device.isClosed()) {
      device.launches().close(); // graphs come before what they refer to
      products.close();
      memory.close();
      kernels.close();
      device.close();
    }
  }
}
