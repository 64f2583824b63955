package dev.wta.backend.cpu.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class CacheLinesTest {
  /** The addresses of memory outside the heap are known. */
  @Test
  void aLineBeginsWhereTheAddressIsAMultipleOf64() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment floats = arena.allocate(64 * Float.BYTES, 64);
      for (int i = 0; i < 40; i++) {
        MemorySegment from = floats.asSlice((long) i * Float.BYTES);
        assertThat(CacheLines.first(from)).isEqualTo((16 - i % 16) % 16);
      }
    }
  }

  @Test
  void thereIsRoomForWhatBeginsAtALine() {
    Scratch scratch = new Scratch();
    for (int length : new int[] {1, 100, 5000, 1 << 20, 3}) {
      Scratch.Lines lines = scratch.lines(Scratch.Use.PANELS, length);
      assertThat(lines.start()).isBetween(0, 15);
      assertThat(lines.array().length).isGreaterThanOrEqualTo(lines.start() + length);
      assertThat(scratch.floats(Scratch.Use.PANELS, length)).isSameAs(lines.array());
    }
  }
}
