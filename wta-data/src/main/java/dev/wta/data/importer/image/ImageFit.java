package dev.wta.data.importer.image;

import dev.wta.api.WtaException;

/** How images of different sizes are brought to one. */
public sealed interface ImageFit {
  /** An image fitted. */
  Image apply(Image picture);

  /** As they are: they all have to be of one size. */
  record AsStored() implements ImageFit {
    @Override
    public Image apply(Image picture) {
      return picture;
    }
  }

  /** Scaled to a size; proportions may change. */
  record Resize(int width, int height) implements ImageFit {
    public Resize {
      requireSize(width, height);
    }

    @Override
    public Image apply(Image picture) {
      return Resampling.scale(picture, 0, 0, picture.width(), picture.height(), width, height);
    }
  }

  /** Scaled so that they just cover a size, and the middle of that cut out. */
  record Crop(int width, int height) implements ImageFit {
    public Crop {
      requireSize(width, height);
    }

    @Override
    public Image apply(Image picture) {
      double scale = Math.min(picture.width() / (double) width, picture.height() / (double) height);
      double covered = width * scale;
      double coveredHeight = height * scale;
      return Resampling.scale(
          picture,
          margin(picture.width() - covered, scale),
          margin(picture.height() - coveredHeight, scale),
          covered,
          coveredHeight,
          width,
          height);
    }
  }

  /** What is cut off before the middle; where nothing is scaled, whole pixels, so nothing blurs. */
  private static double margin(double surplus, double scale) {
    return scale == 1 ? Math.floor(surplus / 2) : surplus / 2;
  }

  private static void requireSize(int width, int height) {
    if (width < 1 || height < 1 || (long) width * height > ImageDecoder.MOST_PIXELS / 3) {
      throw new WtaException(
          "no image can be of %dx%d pixels".formatted(width, height),
          "give a width and a height such as 48x48");
    }
  }
}
