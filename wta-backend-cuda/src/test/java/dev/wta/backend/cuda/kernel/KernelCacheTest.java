package dev.wta.backend.cuda.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelCacheTest {
  @TempDir private Path folder;
  private final AtomicInteger compiled = new AtomicInteger();

  private byte[] compile() {
    return new byte[] {(byte) compiled.incrementAndGet()};
  }

  @Test
  void compilesOnceForAllThatIsAlike() throws IOException {
    KernelCache cache = new KernelCache(Optional.of(folder.resolve("kernels")));
    List<String> key = List.of("source", "sm_90");
    assertThat(cache.get("x", key, this::compile)).containsExactly(1);
    assertThat(cache.get("x", key, this::compile)).containsExactly(1);
    assertThat(cache.get("x", List.of("source", "sm_80"), this::compile)).containsExactly(2);
    // Parts that read the same put together are not the same key.
    assertThat(cache.get("x", List.of("sources", "m_90"), this::compile)).containsExactly(3);
    try (var files = Files.list(folder.resolve("kernels"))) {
      assertThat(files).as("and nothing half-written").hasSize(3);
    }
  }

  /** As two processes on one card do: each gets a whole image, and one of them stays. */
  @Test
  void thoseThatStartTogetherShareIt() throws Exception {
    KernelCache cache = new KernelCache(Optional.of(folder));
    byte[] image = new byte[1 << 20];
    Arrays.fill(image, (byte) 7);
    List<FutureTask<byte[]>> tasks = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      tasks.add(new FutureTask<>(() -> cache.get("x", List.of("k"), image::clone)));
      Thread.ofPlatform().start(tasks.getLast());
    }
    for (FutureTask<byte[]> task : tasks) {
      assertThat(Arrays.equals(task.get(), image)).isTrue();
    }
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void aFolderThatCannotBeWrittenCostsTimeAlone() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    KernelCache cache = new KernelCache(Optional.of(file.resolve("below")));
    assertThat(cache.get("x", List.of("k"), this::compile)).containsExactly(1);
    assertThat(cache.get("x", List.of("k"), this::compile)).containsExactly(2);
  }

  @Test
  void anEmptyFileIsNoKernel() throws IOException {
    KernelCache cache = new KernelCache(Optional.of(folder));
    assertThat(cache.get("x", List.of("k"), this::compile)).containsExactly(1);
    try (var files = Files.list(folder)) {
      Files.write(files.findFirst().orElseThrow(), new byte[0]);
    }
    assertThat(cache.get("x", List.of("k"), this::compile)).containsExactly(2);
    assertThat(cache.get("x", List.of("k"), this::compile)).containsExactly(2);
  }

  @Test
  void itsFolderIsTheUsersByDefault() {
    assertThat(KernelCache.of("", Map.of(), "/home/u").folder())
        .contains(Path.of("/home/u/.cache/wta/kernels"));
    assertThat(KernelCache.of("", Map.of("XDG_CACHE_HOME", "/c"), "/home/u").folder())
        .contains(Path.of("/c/wta/kernels"));
    assertThat(KernelCache.of("/k", Map.of("XDG_CACHE_HOME", "/c"), "/home/u").folder())
        .contains(Path.of("/k"));
    assertThat(KernelCache.of("off", Map.of(), "/home/u").folder()).isEmpty();
  }
}
