package dev.wta.accelerator.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.contract.PrecisionContract;
import dev.wta.api.contract.support.TestBench;
import dev.wta.api.op.Precision;
import dev.wta.backend.cpu.CpuBackendProvider;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The CPU backend's view in bfloat16. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RoundedProductsTest implements PrecisionContract {
  private TestBench bench;

  @BeforeAll
  void openBench() {
    Optional<String> obstacle = new OneDnnAccelerator().obstacle();
    assumeTrue(obstacle.isEmpty(), () -> obstacle.orElseThrow());
    bench = new TestBench(openBackend(3));
  }

  @AfterEach
  void release() {
    bench.release();
  }

  @AfterAll
  void closeBench() {
    if (bench != null) {
      bench.close();
    }
  }

  @Override
  public TestBench bench() {
    return bench;
  }

  @Override
  public Backend openBackend(int threads) {
    return Backends.checked(
        new CpuBackendProvider().open(BackendOptions.defaults().withThreads(threads)));
  }

  @Test
  void theViewSaysWhatItsBitsDependOn() {
    Backend backend = bench.tested();
    assertThat(backend.withPrecision(Precision.BF16).arithmetic())
        .startsWith(backend.arithmetic())
        .contains("products in bf16 by oneDNN");
    assertThat(backend.withPrecision(Precision.BF16).withPrecision(Precision.FLOAT32).arithmetic())
        .isEqualTo(backend.arithmetic());
  }
}
