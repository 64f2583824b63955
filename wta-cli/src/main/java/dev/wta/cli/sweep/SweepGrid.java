package dev.wta.cli.sweep;

import dev.wta.api.WtaException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * All combinations of the values that {@code --sweep key=a,b,c} gives some settings.
 *
 * @param axes the values of each setting, as written, in their order
 */
public record SweepGrid(Map<String, List<String>> axes) {
  private static final int MOST = 256;
  private static final Pattern UNSAFE = Pattern.compile("[^A-Za-z0-9.+-]+");

  /**
   * Reads the options.
   *
   * @throws WtaException if one is not a key and values, a key or value comes twice, or there are
   *     too many combinations
   */
  public static SweepGrid parse(List<String> options) {
    Map<String, List<String>> axes = new LinkedHashMap<>();
    long combinations = 1;
    for (String option : options) {
      int equals = option.indexOf('=');
      List<String> values =
          List.of(option.substring(equals + 1).split(",", -1)).stream().map(String::strip).toList();
      if (equals < 1 || values.contains("")) {
        throw new WtaException(
            "--sweep '%s' is not a key and values".formatted(option), "write --sweep k=16,32,64");
      }
      String key = option.substring(0, equals).strip();
      if (new LinkedHashSet<>(values).size() < values.size()) {
        throw new WtaException(
            "--sweep '%s' has a value twice".formatted(option), "give each value once");
      }
      if (axes.put(key, values) != null) {
        throw new WtaException(
            "--sweep has '%s' twice".formatted(key),
            "give all of its values at once: --sweep %s=%s,...".formatted(key, values.getFirst()));
      }
      combinations *= values.size();
      if (combinations > MOST) {
        throw new WtaException(
            "--sweep has more than %d combinations".formatted(MOST),
            "sweep fewer values: all models are in memory at once");
      }
    }
    return new SweepGrid(axes);
  }

  /** The combinations, the last setting's values changing fastest; each by the settings' keys. */
  public List<Map<String, String>> combinations() {
    List<Map<String, String>> all = List.of(Map.of());
    for (Map.Entry<String, List<String>> axis : axes.entrySet()) {
      List<Map<String, String>> longer = new ArrayList<>();
      for (Map<String, String> start : all) {
        for (String value : axis.getValue()) {
          Map<String, String> one = new LinkedHashMap<>(start);
          one.put(axis.getKey(), value);
          longer.add(one);
        }
      }
      all = longer;
    }
    return all;
  }

  /**
   * The names of the combinations' folders, such as {@code k=16_seed=1}.
   *
   * @throws WtaException if two values differ in nothing that a file name may have
   */
  public List<String> names() {
    Set<String> names = new LinkedHashSet<>();
    for (Map<String, String> combination : combinations()) {
      List<String> parts = new ArrayList<>();
      combination.forEach(
          (key, value) -> parts.add(key + "=" + UNSAFE.matcher(value).replaceAll("-")));
      if (!names.add(String.join("_", parts))) {
        throw new WtaException(
            "two runs of the sweep would be called %s".formatted(String.join("_", parts)),
            "give values that differ in letters or digits");
      }
    }
    return List.copyOf(names);
  }
}
