package dev.wta.backend.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.backend.nd4j.memory.Nd4jMemory;
import dev.wta.backend.nd4j.memory.Nd4jTensor;
import dev.wta.backend.nd4j.memory.Nd4jWinners;
import dev.wta.backend.nd4j.memory.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** ND4J's memory goes back when its owner closes it, whatever the garbage collector does. */
@WhereNativesAre
class FreeingTest {
  private static final long MEGABYTE = 1 << 20;

  @Test
  void closingATensorFreesItsArray() {
    Nd4jMemory memory = new Nd4jMemory();
    Nd4jTensor tensor = memory.allocate(Shape.of(3, 4));
    INDArray array = tensor.vector();
    tensor.rows(1, 1).close();
    assertThat(array.wasClosed()).as("closed by a view").isFalse();
    tensor.close();
    assertThat(array.wasClosed()).isTrue();
  }

  @Test
  void closingWinnersFreesTheirValues() {
    Nd4jMemory memory = new Nd4jMemory();
    Nd4jWinners winners = memory.allocateWinners(Shape.of(3, 4), 5);
    INDArray values = winners.values().vector();
    winners.close();
    assertThat(values.wasClosed()).isTrue();
  }

  @Test
  void closingTheMemoryFreesWhatIsOpen() {
    Nd4jMemory memory = new Nd4jMemory();
    INDArray array = memory.allocate(Shape.of(7)).vector();
    memory.close();
    assertThat(array.wasClosed()).isTrue();
  }

  @Test
  void aScopeFreesTemporaries() {
    INDArray temporary;
    INDArray view;
    try (Scope scope = new Scope()) {
      temporary = scope.keep(Nd4j.createFromArray(1.0, 2.0, 3.0));
      view = scope.keep(temporary.reshape('c', 3, 1));
    }
    assertThat(temporary.wasClosed()).isTrue();
    assertThat(view.wasClosed()).isTrue();
  }

  /** 30 times 64 MB, and as much again in each operation's temporaries. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void theProcessDoesNotGrow() throws IOException {
    try (Backend backend = new Nd4jBackendProvider().open(BackendOptions.defaults())) {
      long before = residentBytes();
      for (int i = 0; i < 30; i++) {
        try (Tensor tensor = backend.memory().allocate(Shape.of(4096, 4096))) {
          backend.memory().fill(tensor, i);
          backend.dense().affine(2, tensor, 1, tensor);
        }
      }
      assertThat(residentBytes() - before).isLessThan(1024 * MEGABYTE);
    }
  }

  private static long residentBytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElseThrow();
  }
}
