package dev.wta.accelerator.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.contract.ContractFixture;
import dev.wta.api.contract.PrecisionContract;
import dev.wta.api.op.Precision;
import dev.wta.backend.cpu.CpuBackendProvider;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The CPU backend's view in bfloat16. */
class RoundedProductsTest extends ContractFixture implements PrecisionContract {
  @Override
  protected Backend open(BackendOptions options) {
    Optional<String> obstacle = new OneDnnAccelerator().obstacle();
    assumeTrue(obstacle.isEmpty(), () -> obstacle.orElseThrow());
    return new CpuBackendProvider().open(options);
  }

  @Test
  void theViewSaysWhatItsBitsDependOn() {
    Backend backend = bench().tested();
    assertThat(backend.withPrecision(Precision.BF16).arithmetic())
        .startsWith(backend.arithmetic())
        .contains("products in bf16 by oneDNN");
    assertThat(backend.withPrecision(Precision.BF16).withPrecision(Precision.FLOAT32).arithmetic())
        .isEqualTo(backend.arithmetic());
  }
}
