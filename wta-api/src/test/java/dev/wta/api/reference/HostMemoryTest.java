package dev.wta.api.reference;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import org.junit.jupiter.api.Test;

class HostMemoryTest {
  @Test
  void saysThatATensorIsTooLarge() {
    try (ReferenceMemory memory = new ReferenceMemory()) {
      assertThatThrownBy(() -> memory.allocate(Shape.of(60_000, 51_200)))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("3,072,000,000 elements is larger than a Java array");
    }
  }
}
