package dev.wta.data.array;

import dev.wta.api.tensor.Shape;
import java.util.Map;
import java.util.Set;

/**
 * Pictures as most other software stores them, {@code (height, width, channels)}: they are read as
 * {@code (channels, height, width)}.
 */
public final class ChannelsLast {
  private static final Set<Integer> CHANNELS = Set.of(1, 3, 4);
  private static final int MOST_CHANNELS = 4;

  private ChannelsLast() {}

  /**
   * Whether samples look so: the last of three extents is that of grey, colours, or colours and
   * transparency, and the first is none of channels. Files of this project are known to be
   * otherwise.
   */
  public static boolean fits(Shape stored, Map<String, String> metadata) {
    return stored.rank() == 3
        && !metadata.containsKey("wta.version")
        && stored.extents()[0] > MOST_CHANNELS
        && CHANNELS.contains(stored.extents()[2]);
  }

  /** The shape that such samples are read with. */
  public static Shape shape(Shape stored) {
    int[] extents = stored.extents();
    return Shape.of(extents[2], extents[0], extents[1]);
  }

  /**
   * Reorders samples in place.
   *
   * @param shape {@code (channels, height, width)}
   * @param values {@code (count, height, width, channels)} from {@code offset}
   */
  public static void reorder(Shape shape, float[] values, int offset, int count) {
    int channels = shape.extents()[0];
    if (channels == 1) {
      return;
    }
    int width = Math.toIntExact(shape.size());
    int area = width / channels;
    float[] stored = new float[width];
    for (int sample = 0; sample < count; sample++) {
      int at = offset + sample * width;
      System.arraycopy(values, at, stored, 0, width);
      for (int channel = 0; channel < channels; channel++) {
        for (int pixel = 0; pixel < area; pixel++) {
          values[at + channel * area + pixel] = stored[pixel * channels + channel];
        }
      }
    }
  }
}
