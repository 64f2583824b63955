package dev.wta.data.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnsignedBytesTest {

  /** About a vector, and about a chunk. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 17, 256, 4095, 4096, 4097, 10_000})
  void bytesAreReadAs0To255AndNothingElseIsWritten(int count) {
    byte[] bytes = new byte[count + 3];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31);
    }
    float[] target = new float[count + 7];
    Arrays.fill(target, -1);
    UnsignedBytes.copy(MemorySegment.ofArray(bytes), 3, count, target, 5);
    for (int i = 0; i < target.length; i++) {
      boolean inside = i >= 5 && i < count + 5;
      assertThat(target[i]).isEqualTo(inside ? (i - 5 + 3) * 31 & 0xFF : -1);
    }
  }
}
