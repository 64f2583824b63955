package dev.wta.backend.cuda.device;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DevicePoolTest {
  @Test
  void classesHoldTheRequestAndWasteAQuarterAtMost() {
    long previous = 0;
    for (long bytes = 0; bytes < 100_000; bytes++) {
      long size = DevicePool.sizeClass(bytes);
      assertThat(size).isGreaterThanOrEqualTo(Math.max(bytes, previous));
      assertThat(DevicePool.sizeClass(size)).as("a class of its own").isEqualTo(size);
      if (bytes > 512) {
        assertThat(size - bytes).isLessThanOrEqualTo(bytes / 4);
      }
      previous = size;
    }
    long large = (3L << 33) + 12_345;
    assertThat(DevicePool.sizeClass(large)).isBetween(large, large + large / 4);
  }

  @Test
  void largeBlocksAreWholePages() {
    long page = 2L << 20;
    for (long bytes = 8L << 20; bytes < 3L << 30; bytes += 77_777_777) {
      long size = DevicePool.sizeClass(bytes);
      assertThat(size % page).isZero();
      assertThat(size - bytes).isBetween(0L, page - 1);
    }
  }

  @Test
  void classesKeepMemoryAligned() {
    for (long bytes = 0; bytes < 100_000; bytes += 7) {
      assertThat(DevicePool.sizeClass(bytes) % 128).isZero();
    }
  }
}
