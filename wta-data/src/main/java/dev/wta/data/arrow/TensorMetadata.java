package dev.wta.data.arrow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * The shape that Arrow's canonical extension type {@code arrow.fixed_shape_tensor} carries in a
 * field's metadata, as JSON: <code>{"shape": [1, 28, 28]}</code>.
 */
final class TensorMetadata {
  private static final String NAME_KEY = "ARROW:extension:name";
  private static final String VALUE_KEY = "ARROW:extension:metadata";
  private static final String FIXED_SHAPE_TENSOR = "arrow.fixed_shape_tensor";
  private static final ObjectMapper JSON = new ObjectMapper();

  private TensorMetadata() {}

  /** The metadata of a column of samples of that shape. */
  static Map<String, String> of(Shape sample) {
    ObjectNode value = JSON.createObjectNode();
    for (int extent : sample.extents()) {
      value.withArray("shape").add(extent);
    }
    return Map.of(NAME_KEY, FIXED_SHAPE_TENSOR, VALUE_KEY, value.toString());
  }

  /**
   * The shape that a field's metadata gives; none where the field has no such type.
   *
   * @throws WtaException if it cannot be read, or the values are stored in another order than they
   *     are meant
   */
  static Optional<Shape> shape(String file, Field field) {
    if (!FIXED_SHAPE_TENSOR.equals(field.getMetadata().get(NAME_KEY))) {
      return Optional.empty();
    }
    String text = field.getMetadata().getOrDefault(VALUE_KEY, "");
    try {
      JsonNode value = JSON.readTree(text);
      JsonNode extents = value.path("shape");
      int[] shape = new int[extents.size()];
      for (int i = 0; i < shape.length; i++) {
        shape[i] = extents.get(i).asInt();
        if (shape[i] < 1) {
          throw unreadable(file, field, text, null);
        }
      }
      if (shape.length == 0) {
        throw unreadable(file, field, text, null);
      }
      JsonNode permutation = value.path("permutation");
      for (int i = 0; i < permutation.size(); i++) {
        if (permutation.get(i).asInt() != i) {
          throw new WtaException(
              "%s stores column '%s' with its axes permuted: %s"
                  .formatted(file, field.getName(), text),
              "write its values in the order (channels, height, width), without a permutation");
        }
      }
      return Optional.of(shape(file, field, text, shape));
    } catch (JsonProcessingException malformed) {
      throw unreadable(file, field, text, malformed);
    }
  }

  private static Shape shape(String file, Field field, String text, int[] extents) {
    try {
      return Shape.of(extents);
    } catch (WtaException tooLarge) {
      throw unreadable(file, field, text, tooLarge);
    }
  }

  private static WtaException unreadable(String file, Field field, String text, Exception cause) {
    return new WtaException(
        "%s has no readable tensor shape for column '%s': '%s'"
            .formatted(file, field.getName(), text),
        "write it again with a shape such as {\"shape\": [1, 28, 28]}",
        cause);
  }
}
