package dev.wta.api.op;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import org.junit.jupiter.api.Test;

class MemoryNeedTest {
  @Test
  void refusesWhatIsMoreThanTheMemory() {
    try (Backend backend = Backends.named("reference", BackendOptions.defaults())) {
      Memory memory = backend.memory();
      assertThatCode(() -> MemoryNeed.require(memory, "ten numbers", 10))
          .doesNotThrowAnyException();
      assertThatThrownBy(() -> MemoryNeed.require(memory, "the weights of 1,000 latents", 1e12))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("the weights of 1,000 latents take 4,000.0 GB, and at most")
          .hasMessageContaining("-Xmx");
    }
  }
}
