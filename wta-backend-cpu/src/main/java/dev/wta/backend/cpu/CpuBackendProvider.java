package dev.wta.backend.cpu;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Availability;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.BackendProvider;
import dev.wta.backend.cpu.accelerator.Accelerators;
import dev.wta.backend.cpu.vector.VectorWidth;

/**
 * Offers the backend on the JDK's Vector API. This class loads without {@code
 * jdk.incubator.vector}, so that it can report that the module is missing; everything that needs it
 * is behind {@link CpuBackend}.
 */
public final class CpuBackendProvider implements BackendProvider {
  private static final String VECTOR_MODULE = "jdk.incubator.vector";
  private static final int SCORE = 100;

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public Availability probe() {
    if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
      return new Availability.Unusable(
          "the JVM runs without the module " + VECTOR_MODULE,
          "start java with --add-modules " + VECTOR_MODULE);
    }
    try {
      VectorWidth.shape();
      return new Availability.Usable(
          SCORE, CpuBackend.describe(Runtime.getRuntime().availableProcessors()));
    } catch (WtaException problem) {
      return new Availability.Unusable(problem.problem(), problem.remedy());
    }
  }

  @Override
  public Backend open(BackendOptions options) {
    if (probe() instanceof Availability.Unusable unusable) {
      throw new WtaException(
          "backend 'cpu' cannot run here: " + unusable.reason(), unusable.remedy());
    }
    return new CpuBackend(options, Accelerators.usable());
  }
}
