package dev.wta.models;

import dev.wta.api.op.Pool;
import dev.wta.api.tensor.Shape;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Layers;
import dev.wta.models.settings.SettingType;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How feature maps become features: by the largest activation of each window, written {@code
 * window/stride} such as {@code 5/3}, or whole, {@code none}. Windows are cut at the border, so a
 * map of width {@code w} gives {@code ceil(w / stride)} windows a row.
 *
 * @param windows empty where maps stay whole
 */
public record Pooling(Optional<Pool> windows) {
  private static final String SYNTAX = "window/stride such as 5/3, or none";

  /** How settings write pooling. */
  public static final class Text extends SettingType {
    public Text() {
      super(SYNTAX, Pooling.class, given -> Pooling.parse(given.toString()), Pooling::text);
    }
  }

  /** Maps stay whole. */
  public static final Pooling NONE = new Pooling(Optional.empty());

  private static final String NONE_TEXT = "none";
  private static final Pattern WINDOWS = Pattern.compile("(\\d{1,3})\\s*/\\s*(\\d{1,3})");

  /** The largest activation of windows of {@code size} pixels a side, {@code stride} apart. */
  public static Pooling of(int size, int stride) {
    return new Pooling(Optional.of(new Pool(size, stride)));
  }

  /**
   * Reads what {@link #text} writes.
   *
   * @throws IllegalArgumentException that says what was expected instead
   */
  public static Pooling parse(String text) {
    if (text.strip().equals(NONE_TEXT)) {
      return NONE;
    }
    Matcher windows = WINDOWS.matcher(text.strip());
    if (windows.matches()) {
      int size = Integer.parseInt(windows.group(1));
      int stride = Integer.parseInt(windows.group(2));
      if (size > 0 && stride > 0) {
        return of(size, stride);
      }
    }
    throw new IllegalArgumentException("%s, not '%s'".formatted(SYNTAX, text));
  }

  public String text() {
    return windows.map(pool -> pool.size() + "/" + pool.stride()).orElse(NONE_TEXT);
  }

  /**
   * What becomes of the maps of one sample.
   *
   * @param maps {@code (maps, height, width)}
   */
  public Shape pooled(Shape maps) {
    return windows
        .map(
            pool ->
                Shape.of(
                    maps.extent(0),
                    pool.outputExtent(maps.extent(1)),
                    pool.outputExtent(maps.extent(2))))
        .orElse(maps);
  }

  /** {@code (samples, maps, height, width)}, pooled. */
  public Variable of(Tape tape, Variable maps) {
    return windows.map(pool -> Layers.maxPool(tape, maps, pool)).orElse(maps);
  }
}
