package dev.wta.backend.cpu;

import dev.wta.api.Backend;
import dev.wta.api.BackendOptions;
import dev.wta.api.BackendProvider;
import dev.wta.api.Probe;
import dev.wta.api.WtaException;
import dev.wta.backend.cpu.vector.VectorWidth;

/**
 * Offers the backend on the JDK's Vector API. This class loads without {@code
 * jdk.incubator.vector}, so that it can say that the module is missing; everything that needs it
 * stands behind {@link CpuBackend}.
 */
public final class CpuBackendProvider implements BackendProvider {
  private static final String VECTOR_MODULE = "jdk.incubator.vector";
  private static final int SCORE = 100;

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public Probe probe() {
    if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
      return new Probe.Unusable(
          "the JVM runs without the module " + VECTOR_MODULE,
          "start java with --add-modules " + VECTOR_MODULE);
    }
    try {
      VectorWidth.shape();
      return new Probe.Usable(
          SCORE, CpuBackend.describe(Runtime.getRuntime().availableProcessors()));
    } catch (WtaException problem) {
      return new Probe.Unusable(problem.problem(), problem.remedy());
    }
  }

  @Override
  public Backend open(BackendOptions options) {
    if (probe() instanceof Probe.Unusable unusable) {
      throw new WtaException(
          "backend 'cpu' cannot run here: " + unusable.reason(), unusable.remedy());
    }
    return new CpuBackend(options);
  }
}
