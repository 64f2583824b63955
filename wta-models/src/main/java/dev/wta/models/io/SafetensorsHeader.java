package dev.wta.models.io;

import com.fasterxml.jackson.core.JacksonException;
import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The header of a safetensors file.
 *
 * @param entries the tensors, by name, in the header's order
 * @param metadata whatever the file carries besides
 */
record SafetensorsHeader(Map<String, Entry> entries, Map<?, ?> metadata) {
  static final String METADATA = "__metadata__";

  /**
   * Where a tensor is.
   *
   * @param from its first byte, counted from the end of the header
   * @param to the byte behind its last
   */
  record Entry(TensorType type, Shape shape, long from, long to) {}

  /**
   * Reads a header.
   *
   * @param types those that tensors may have
   * @throws WtaException if it is malformed, or a tensor has another type
   */
  static SafetensorsHeader parse(Path file, String json, Set<TensorType> types) {
    Map<String, Object> header;
    try {
      header = Json.parse(json);
    } catch (JacksonException notJson) {
      throw malformed(file, "its header is not JSON: " + notJson.getOriginalMessage());
    }
    Map<String, Entry> entries = new LinkedHashMap<>();
    header.forEach(
        (name, description) -> {
          if (!name.equals(METADATA)) {
            entries.put(name, entry(file, name, description, types));
          }
        });
    return new SafetensorsHeader(
        entries, header.get(METADATA) instanceof Map<?, ?> metadata ? metadata : Map.of());
  }

  private static Entry entry(Path file, String name, Object description, Set<TensorType> types) {
    if (!(description instanceof Map<?, ?> map)
        || !(map.get("shape") instanceof List<?> extents)
        || !(map.get("data_offsets") instanceof List<?> offsets)
        || offsets.size() != 2
        || !(offsets.get(0) instanceof Number from)
        || !(offsets.get(1) instanceof Number to)
        || !extents.stream().allMatch(extent -> extent instanceof Integer whole && whole >= 0)) {
      throw malformed(file, "'%s' has no shape and place".formatted(name));
    }
    TensorType type =
        types.stream()
            .filter(known -> known.name().equals(map.get("dtype")))
            .findFirst()
            .orElseThrow(
                () ->
                    new WtaException(
                        "'%s' in %s is of type %s".formatted(name, file, map.get("dtype")),
                        "save it as float32 (F32)"));
    Shape shape;
    try {
      shape = Shape.of(extents.stream().mapToInt(extent -> (Integer) extent).toArray());
    } catch (WtaException tooLarge) {
      throw malformed(file, "'%s' cannot be so large: %s".formatted(name, extents));
    }
    if (to.longValue() - from.longValue() != shape.size() * type.bytes()) {
      throw malformed(file, "'%s' of shape %s does not fill its place".formatted(name, shape));
    }
    return new Entry(type, shape, from.longValue(), to.longValue());
  }

  /**
   * Checks that tensors follow one another and fill the rest of the file.
   *
   * @param bytes of that rest
   */
  void requireNoGaps(Path file, long bytes) {
    long end = 0;
    for (Entry entry :
        entries.values().stream().sorted((a, b) -> Long.compare(a.from(), b.from())).toList()) {
      if (entry.from() != end) {
        throw malformed(file, "its tensors leave a gap or overlap at byte " + end);
      }
      end = entry.to();
    }
    if (end != bytes) {
      throw malformed(
          file, "it has %d bytes of numbers where its header says %d".formatted(bytes, end));
    }
  }

  static WtaException malformed(Path file, String why) {
    return new WtaException(
        "%s is no safetensors file, or damaged: %s".formatted(file, why), "restore it from a copy");
  }
}
