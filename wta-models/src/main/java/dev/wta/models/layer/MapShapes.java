package dev.wta.models.layer;

import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;

/** The shapes on the two sides of a window. */
public final class MapShapes {
  private MapShapes() {}

  /**
   * The maps that a convolution makes of images.
   *
   * @param images {@code (samples, channels, height, width)}
   * @param filters {@code (maps, channels, window height, window width)}
   */
  public static Shape maps(Shape images, Shape filters, Window window) {
    return Shape.of(
        images.rows(),
        filters.rows(),
        window.mapHeight(images.extent(2)),
        window.mapWidth(images.extent(3)));
  }

  /**
   * The images that a deconvolution makes of maps: those whose maps have this size.
   *
   * @param maps {@code (samples, maps, map height, map width)}
   * @param filters {@code (maps, channels, window height, window width)}
   */
  static Shape images(Shape maps, Shape filters, Window window) {
    return Shape.of(
        maps.rows(),
        filters.extent(1),
        maps.extent(2) + window.height() - 1 - 2 * window.padding(),
        maps.extent(3) + window.width() - 1 - 2 * window.padding());
  }
}
