package dev.wta.data.array;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wta.api.WtaException;
import dev.wta.data.Dataset;
import dev.wta.data.io.MappedFile;
import dev.wta.data.io.NumberType;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A tensor of activations in a safetensors file as a data set, read in place. */
public final class SafetensorsArray {
  private static final int LENGTH_BYTES = Long.BYTES;
  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int MOST_HEADER_BYTES = 100_000_000;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, NumberType> TYPES =
      Map.of(
          "U8", NumberType.UINT8,
          "F16", NumberType.FLOAT16,
          "BF16", NumberType.BFLOAT16,
          "F32", NumberType.FLOAT32);

  private SafetensorsArray() {}

  private record Tensor(String name, NumberType type, List<Long> extents, long begin) {
    long[] axes() {
      return extents.stream().mapToLong(Long::longValue).toArray();
    }
  }

  /**
   * Opens a file.
   *
   * @param name of the tensor; without one the only tensor of {@code U8}, {@code F16}, {@code BF16}
   *     or {@code F32} with two axes or more
   * @param rows what rows of two axes are
   * @throws WtaException if it cannot be read, or it is not clear which tensor is meant
   */
  public static Dataset open(Path path, Optional<String> name, Rows rows) {
    MappedFile file = MappedFile.open(path);
    boolean opened = false;
    try {
      Tensor tensor = chosen(file, file.parse("its header", () -> tensors(file)), name);
      Dataset data =
          new ArrayDataset(
              file,
              tensor.begin,
              tensor.type,
              tensor.axes(),
              rows.ofArray(file.name(), tensor.axes(), tensor.type));
      opened = true;
      return data;
    } finally {
      if (!opened) {
        file.close();
      }
    }
  }

  /**
   * The names of the tensors that could hold samples.
   *
   * @throws WtaException if the file is damaged
   */
  public static List<String> names(Path path) {
    try (MappedFile file = MappedFile.open(path)) {
      return file.parse("its header", () -> tensors(file)).stream().map(Tensor::name).toList();
    }
  }

  private static Tensor chosen(MappedFile file, List<Tensor> tensors, Optional<String> name) {
    String names = String.join(", ", tensors.stream().map(Tensor::name).toList());
    List<Tensor> fitting =
        name.map(wanted -> tensors.stream().filter(t -> t.name.equals(wanted)).toList())
            .orElse(tensors);
    if (fitting.size() == 1) {
      return fitting.getFirst();
    }
    if (tensors.isEmpty()) {
      throw new WtaException(
          file.name() + " has no tensor of samples",
          "save one of (samples, features) as float32, float16 or bfloat16");
    }
    throw name.map(
            wanted ->
                new WtaException(
                    "%s has no tensor of samples '%s'".formatted(file.name(), wanted),
                    "choose with --column: " + names))
        .orElseGet(
            () ->
                new WtaException(
                    "%s has several tensors that could hold the samples".formatted(file.name()),
                    "choose with --column: " + names));
  }

  private static List<Tensor> tensors(MappedFile file) {
    file.requireWithin(0, LENGTH_BYTES, "the header's length");
    long length = file.bytes().get(LENGTH, 0);
    if (length < 2 || length > MOST_HEADER_BYTES) {
      throw new WtaException(
          file.name() + " is no safetensors file, or damaged", "copy or write it again");
    }
    file.requireWithin(LENGTH_BYTES, length, "the header");
    byte[] text = file.bytes().asSlice(LENGTH_BYTES, length).toArray(ValueLayout.JAVA_BYTE);
    JsonNode header;
    try {
      header = JSON.readTree(new String(text, StandardCharsets.UTF_8));
    } catch (JsonProcessingException notJson) {
      throw file.damaged("a header that is not JSON");
    }
    List<Tensor> tensors = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : header.properties()) {
      tensor(file, LENGTH_BYTES + length, entry.getKey(), entry.getValue()).ifPresent(tensors::add);
    }
    return tensors;
  }

  private static Optional<Tensor> tensor(MappedFile file, long data, String name, JsonNode entry) {
    NumberType type = TYPES.get(entry.path("dtype").asText());
    JsonNode shape = entry.path("shape");
    if (type == null || shape.size() < 2) {
      return Optional.empty();
    }
    long[] extents = new long[shape.size()];
    long bytes = type.bytes();
    for (int i = 0; i < extents.length; i++) {
      extents[i] = shape.get(i).asLong();
      if (extents[i] < 1 || extents[i] > Integer.MAX_VALUE) {
        throw file.damaged("'%s' of shape %s".formatted(name, shape));
      }
      bytes = Math.multiplyExact(bytes, extents[i]);
    }
    long from = entry.path("data_offsets").path(0).asLong(-1);
    long to = entry.path("data_offsets").path(1).asLong(-1);
    if (from < 0 || to - from != bytes) {
      throw file.damaged("'%s' of shape %s, which does not fill its place".formatted(name, shape));
    }
    file.requireWithin(data + from, bytes, "'%s'".formatted(name));
    return Optional.of(
        new Tensor(name, type, Arrays.stream(extents).boxed().toList(), data + from));
  }
}
