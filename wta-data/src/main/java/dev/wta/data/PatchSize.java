package dev.wta.data;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The height and width of a patch of a picture, in pixels. */
public record PatchSize(int height, int width) {
  private static final Pattern TEXT =
      Pattern.compile("\\s*(\\d{1,5})\\s*(?:x\\s*(\\d{1,5})\\s*)?", Pattern.CASE_INSENSITIVE);

  public PatchSize {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException("no patch of %d x %d pixels".formatted(height, width));
    }
  }

  /**
   * Reads {@code 11x9}, height first, or {@code 48} for a square.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static PatchSize parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "a patch's size such as 48 or 11x9 (height x width), not '%s'".formatted(text));
    }
    int height = Integer.parseInt(matcher.group(1));
    return new PatchSize(
        height, matcher.group(2) == null ? height : Integer.parseInt(matcher.group(2)));
  }

  /**
   * The shape of a patch of a data set's pictures.
   *
   * @throws WtaException if they are no pictures, or smaller than a patch
   */
  public Shape of(Dataset pictures) {
    Shape picture = pictures.sampleShape();
    if (picture.rank() != 3) {
      throw new WtaException(
          "patches are cut from pictures, and the samples of %s have shape %s"
              .formatted(pictures.name(), picture),
          "leave out 'patch', or give samples of shape channels x height x width");
    }
    if (picture.extent(1) < height || picture.extent(2) < width) {
      throw new WtaException(
          "the pictures of %s, %s, are smaller than a patch of %s"
              .formatted(pictures.name(), picture, this),
          "choose a smaller patch");
    }
    return Shape.of(picture.extent(0), height, width);
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return height + "x" + width;
  }
}
