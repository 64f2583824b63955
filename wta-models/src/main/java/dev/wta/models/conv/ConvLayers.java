package dev.wta.models.conv;

import dev.wta.models.settings.SettingType;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The layers of a convolutional autoencoder, which the paper writes {@code
 * 128conv5-128conv5-128deconv11}: two convolutions of 128 maps through 5x5 windows, and a
 * deconvolution of those maps through 11x11 windows. Zero padding keeps every map at the image's
 * size, so windows are odd.
 *
 * @param convolutions of the encoder, the first one first; at least one
 * @param deconvolution the side of the decoder's window
 */
public record ConvLayers(List<Convolution> convolutions, int deconvolution) {
  private static final String EXAMPLE = "128conv5-128conv5-128deconv11";
  private static final Pattern LAYER = Pattern.compile("(\\d{1,6})(conv|deconv)(\\d{1,4})");
  private static final int MOST_MAPS = 1 << 16;
  private static final int LARGEST_WINDOW = 255;

  /** How settings write layers. */
  public static final class Text extends SettingType {
    public Text() {
      super(
          "convolutions and one deconvolution, such as 64conv5-64conv5-64deconv11",
          ConvLayers.class,
          given -> ConvLayers.parse(given.toString()),
          ConvLayers::text);
    }
  }

  /**
   * A convolution of the encoder.
   *
   * @param maps the feature maps that it makes
   * @param size the side of its window
   */
  public record Convolution(int maps, int size) {
    public Convolution {
      if (maps < 1 || maps > MOST_MAPS) {
        throw new IllegalArgumentException(
            "layers of 1 to %d maps, not %d".formatted(MOST_MAPS, maps));
      }
      requireWindow(size);
    }
  }

  public ConvLayers {
    convolutions = List.copyOf(convolutions);
    if (convolutions.isEmpty()) {
      throw new IllegalArgumentException("at least one convolution, such as " + EXAMPLE);
    }
    requireWindow(deconvolution);
  }

  /** The feature maps of the code, each with a filter of the decoder. */
  public int maps() {
    return convolutions.getLast().maps();
  }

  /** As the paper writes it; {@link #parse} reads it back. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (Convolution layer : convolutions) {
      text.append(layer.maps()).append("conv").append(layer.size()).append('-');
    }
    return text.append(maps()).append("deconv").append(deconvolution).toString();
  }

  /**
   * Reads the paper's notation.
   *
   * @throws IllegalArgumentException that says what was expected instead
   */
  public static ConvLayers parse(String text) {
    String[] layers = text.strip().split("\\s*-\\s*", -1);
    List<Convolution> convolutions = new ArrayList<>();
    for (int i = 0; i < layers.length - 1; i++) {
      Matcher layer = layer(layers[i], "conv", text);
      convolutions.add(new Convolution(number(layer, 1), number(layer, 3)));
    }
    Matcher last = layer(layers[layers.length - 1], "deconv", text);
    ConvLayers parsed = new ConvLayers(convolutions, number(last, 3));
    if (number(last, 1) != parsed.maps()) {
      throw new IllegalArgumentException(
          "as many maps into the deconvolution as the last convolution makes, %d, not '%s'"
              .formatted(parsed.maps(), last.group()));
    }
    return parsed;
  }

  private static Matcher layer(String layer, String kind, String text) {
    Matcher matcher = LAYER.matcher(layer);
    if (!matcher.matches() || !matcher.group(2).equals(kind)) {
      throw new IllegalArgumentException(
          "convolutions and then one deconvolution, such as %s, not '%s' ('%s' is no %s layer)"
              .formatted(EXAMPLE, text, layer, kind));
    }
    return matcher;
  }

  private static int number(Matcher layer, int group) {
    return Integer.parseInt(layer.group(group));
  }

  private static void requireWindow(int size) {
    if (size % 2 == 0 || size < 1 || size > LARGEST_WINDOW) {
      throw new IllegalArgumentException(
          "windows of an odd number of pixels a side up to %d, not %d"
              .formatted(LARGEST_WINDOW, size));
    }
  }
}
