package dev.wta.backend.cuda.op;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import dev.wta.backend.cuda.kernel.Launch;
import java.lang.foreign.MemorySegment;

/** A convolution's sizes, as the kernels' {@code struct Geometry} has them. */
public record Geometry(int channels, int height, int width, Window window)
    implements Launch.Struct {
  static final long BYTES = 8 * Integer.BYTES;

  /** Stands where there is no window. */
  static final Geometry NONE = new Geometry(0, 0, 0, new Window(1, 1, 0));

  public static Geometry of(Shape images, Window window) {
    return new Geometry(images.extent(1), images.extent(2), images.extent(3), window);
  }

  public int mapHeight() {
    return window.mapHeight(height);
  }

  public int mapWidth() {
    return window.mapWidth(width);
  }

  public int windowSize() {
    return window.height() * window.width();
  }

  public int taps() {
    return channels * windowSize();
  }

  /** The positions of some samples' maps, each map alone. */
  public int positions(int samples) {
    return Math.toIntExact((long) samples * mapHeight() * mapWidth());
  }

  @Override
  public long bytes() {
    return BYTES;
  }

  @Override
  public void write(MemorySegment to) {
    int[] fields = {
      channels,
      height,
      width,
      window.height(),
      window.width(),
      window.padding(),
      mapHeight(),
      mapWidth()
    };
    MemorySegment.copy(fields, 0, to, JAVA_INT, 0, fields.length);
  }
}
