package dev.wta.models.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
  @TempDir private Path directory;
  private final Backend backend = TestBackends.reference();

  @AfterEach
  void close() {
    backend.close();
  }

  private Path file() {
    return directory.resolve("x.safetensors");
  }

  @Test
  void tensorsReadBack() throws IOException {
    float[] large = TestData.normal("large", 300 * 301); // more than one chunk
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("b", backend.memory().of(Shape.of(300, 301), large));
    tensors.put("a", backend.memory().of(Shape.of(3), 1, Float.MIN_VALUE, -0f));
    tensors.put("empty", backend.memory().allocate(Shape.of(0, 4)));
    write(tensors);
    try (Safetensors read = Safetensors.open(file())) {
      assertThat(read.names()).containsExactly("b", "a", "empty");
      assertThat(read.shape("b")).isEqualTo(Shape.of(300, 301));
      assertThat(read.values("b")).isEqualTo(large);
      assertThat(read.values("a")).containsExactly(1, Float.MIN_VALUE, -0f);
      assertThat(read.values("empty")).isEmpty();
      assertThatThrownBy(() -> read.values("c"))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("no tensor 'c'");
    }
  }

  /** The bytes as the format's description has them: what Python's reader relies on. */
  @Test
  void tensorsLargerThanAPartReadBackInParts() throws IOException {
    int width = 3000;
    int rows = 3 * (1 << 22) / width;
    float[] numbers = new float[rows * width];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i * 0.5f;
    }
    write(Map.of("w", backend.memory().of(Shape.of(rows, width), numbers)));
    Tensor target = backend.memory().allocate(Shape.of(rows, width));
    try (Safetensors tensors = Safetensors.open(file())) {
      tensors.load(backend.memory(), Map.of("w", target));
      assertThat(tensors.values("w")).isEqualTo(numbers);
    }
    assertThat(backend.memory().download(target)).isEqualTo(numbers);
  }

  @Test
  void theBytesAreTheFormats() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("w", backend.memory().of(Shape.of(2, 1), 1.5f, -2));
    write(tensors);
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file())).order(ByteOrder.LITTLE_ENDIAN);
    int length = Math.toIntExact(bytes.getLong());
    assertThat(length % 8).isZero();
    byte[] header = new byte[length];
    bytes.get(header);
    Map<String, Object> json = Json.parse(new String(header, StandardCharsets.UTF_8));
    assertThat(header[0]).isEqualTo((byte) '{');
    assertThat(json.get("__metadata__")).isEqualTo(Map.of("family", "fc-wta"));
    assertThat(json.get("w"))
        .isEqualTo(Map.of("dtype", "F32", "shape", List.of(2, 1), "data_offsets", List.of(0, 8)));
    assertThat(bytes.getFloat()).isEqualTo(1.5f);
    assertThat(bytes.getFloat()).isEqualTo(-2f);
    assertThat(bytes.hasRemaining()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}} | does not fill its"
            + " place",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | gap or overlap",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | 8 bytes of numbers",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}} | 8 bytes of numbers",
        "{\"w\":{\"dtype\":\"F16\",\"shape\":[4],\"data_offsets\":[0,8]}} | is of type F16",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}} | no shape and place",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2]}} | no shape and place",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2147483647,2147483647,2147483647],\"data_offsets\":[0,8]}}"
            + " | so large",
        "{\"w\":7} | no shape and place",
        "[1,2] | not JSON",
        "null | not JSON",
        "{\"w\" | not JSON"
      })
  void aMalformedHeaderIsRefused(String header, String answer) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + 8).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(file(), bytes.putLong(json.length).put(json).putDouble(1).array());
    assertRefused(answer);
  }

  @Test
  void aTruncatedFileIsRefused() throws IOException {
    write(Map.of("w", backend.memory().of(Shape.of(2, 1), 1.5f, -2)));
    byte[] whole = Files.readAllBytes(file());
    for (int length = 0; length < whole.length; length++) {
      Files.write(file(), Arrays.copyOf(whole, length));
      assertRefused("no safetensors file, or damaged");
    }
  }

  @Test
  void aHeaderOfAbsurdLengthIsRefused() throws IOException {
    for (long length : new long[] {-1, 1, Long.MAX_VALUE, 1L << 40}) {
      Files.write(
          file(), ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array());
      assertRefused("its header would have");
    }
  }

  @Test
  void aMissingFileIsNamed() {
    assertRefused("cannot read");
  }

  @Test
  void loadingChecksNamesAndShapes() throws IOException {
    Tensor two = backend.memory().of(Shape.of(2), 1, 2);
    Tensor three = backend.memory().allocate(Shape.of(3));
    write(Map.of("w", two));
    try (Safetensors read = Safetensors.open(file())) {
      Tensor target = backend.memory().allocate(Shape.of(2));
      read.load(backend.memory(), Map.of("w", target));
      assertThat(backend.memory().download(target)).containsExactly(1, 2);
      assertThatThrownBy(() -> read.load(backend.memory(), Map.of("w", three)))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("'w' has shape 2");
      assertThatThrownBy(() -> read.load(backend.memory(), Map.of("v", target)))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("'w' that the model does not have");
      assertThatThrownBy(() -> read.load(backend.memory(), Map.of("w", target, "v", target)))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("no tensor 'v'");
    }
  }

  private void assertRefused(String answer) {
    assertThatThrownBy(() -> Safetensors.open(file()))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("x.safetensors")
        .hasMessageContaining(answer);
  }

  private void write(Map<String, Tensor> tensors) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SafetensorsWriter.write(out, backend.memory(), tensors, Map.of("family", "fc-wta"));
    Files.write(file(), out.toByteArray());
  }
}
