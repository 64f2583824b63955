package dev.wta.models.stacked;

import dev.wta.api.WtaException;
import dev.wta.models.settings.SettingType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The layers of a stack, the one that sees the data first. */
record StackLayers(List<StackLayer> list) {
  StackLayers {
    list = List.copyOf(list);
  }

  /** How settings write layers. */
  static final class Elements extends SettingType {
    Elements() {
      super(
          "a list of layers, each with its 'model', perhaps a 'preset', and the settings of that"
              + " model and of its training",
          StackLayers.class,
          StackLayers::parse,
          StackLayers::toList);
    }
  }

  /**
   * Reads a list of maps, one a layer.
   *
   * @throws WtaException if one of them is wrong, with its number, from 1
   */
  static StackLayers parse(Object given) {
    if (!(given instanceof List<?> elements) || elements.isEmpty()) {
      throw new IllegalArgumentException(
          "a list of layers, each with its 'model' and settings, not " + quoted(given));
    }
    List<StackLayer> layers = new ArrayList<>();
    for (Object element : elements) {
      if (!(element instanceof Map<?, ?> layer)) {
        throw new IllegalArgumentException(
            "a list of layers, each with its 'model' and settings, not %s in place %d"
                .formatted(quoted(element), layers.size() + 1));
      }
      try {
        layers.add(StackLayer.parse(layer));
      } catch (WtaException wrong) {
        throw new WtaException(
            "layer %d: %s".formatted(layers.size() + 1, wrong.problem()), wrong.remedy(), wrong);
      }
    }
    return new StackLayers(layers);
  }

  private static String quoted(Object given) {
    return given instanceof List<?> ? "an empty one" : "'%s'".formatted(given);
  }

  /** As JSON and YAML have it; {@link #parse} reads it back. */
  List<Map<String, Object>> toList() {
    return list.stream().map(StackLayer::toMap).toList();
  }
}
