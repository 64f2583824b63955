package dev.wta.data;

import dev.wta.api.WtaException;
import dev.wta.api.random.Philox;
import dev.wta.api.tensor.Shape;
import java.util.Objects;

/**
 * Random patches of another data set's pictures: row {@code r} is a patch of picture {@code r /
 * perPicture}, every place in the picture as likely as any other. Its place depends on the stream
 * and on {@code r} alone, so it is the same in whatever order and how often rows are read. Closing
 * it does nothing.
 */
public final class RandomPatches implements Dataset {
  private final Dataset pictures;
  private final int perPicture;
  private final Philox places;
  private final Shape picture;
  private final Shape patch;
  private final int size;
  private final ThreadLocal<float[]> room;

  private RandomPatches(Dataset pictures, Shape patch, int perPicture, int size, Philox places) {
    this.pictures = pictures;
    this.perPicture = perPicture;
    this.places = places;
    this.picture = pictures.sampleShape();
    this.patch = patch;
    this.size = size;
    this.room = ThreadLocal.withInitial(() -> new float[Math.toIntExact(picture.size())]);
  }

  /**
   * Patches of each picture.
   *
   * @param places the random numbers of their places
   * @throws WtaException if the samples are no pictures, or smaller than a patch, or there would be
   *     more patches than a data set has rows
   */
  public static RandomPatches of(Dataset pictures, PatchSize patch, int perPicture, Philox places) {
    if (perPicture < 1) {
      throw new IllegalArgumentException("no %d patches of a picture".formatted(perPicture));
    }
    long size = (long) pictures.size() * perPicture;
    if (size > Integer.MAX_VALUE) {
      throw new WtaException(
          "%,d patches of %s are too many".formatted(size, pictures.name()),
          "take fewer of each picture");
    }
    return new RandomPatches(pictures, patch.of(pictures), perPicture, (int) size, places);
  }

  @Override
  public String name() {
    return perPicture == 1
        ? pictures.name()
        : "%s (%d patches of each picture)".formatted(pictures.name(), perPicture);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Shape sampleShape() {
    return patch;
  }

  @Override
  public ElementType elementType() {
    return pictures.elementType();
  }

  @Override
  public boolean labelled() {
    return pictures.labelled();
  }

  @Override
  public int[] labels() {
    int[] ofPictures = pictures.labels();
    int[] labels = new int[size];
    for (int row = 0; row < size; row++) {
      labels[row] = ofPictures[row / perPicture];
    }
    return labels;
  }

  @Override
  public void read(int from, int count, float[] target, int offset) {
    Objects.checkFromIndexSize(from, count, size);
    int width = Math.toIntExact(patch.size());
    Objects.checkFromIndexSize(offset, Math.multiplyExact(count, width), target.length);
    float[] whole = room.get();
    int[] lanes = new int[4];
    int read = -1;
    for (int row = from; row < from + count; row++) {
      if (row / perPicture != read) {
        read = row / perPicture;
        pictures.read(read, 1, whole, 0);
      }
      places.block(row, lanes, 0);
      int top = below(picture.extent(1) - patch.extent(1) + 1, lanes[0]);
      int left = below(picture.extent(2) - patch.extent(2) + 1, lanes[1]);
      cut(whole, top, left, target, offset + (row - from) * width);
    }
  }

  private static int below(int bound, int bits) {
    return (int) (Integer.toUnsignedLong(bits) * bound >>> 32);
  }

  private void cut(float[] whole, int top, int left, float[] target, int offset) {
    int height = patch.extent(1);
    int width = patch.extent(2);
    for (int channel = 0; channel < patch.extent(0); channel++) {
      for (int y = 0; y < height; y++) {
        System.arraycopy(
            whole,
            (channel * picture.extent(1) + top + y) * picture.extent(2) + left,
            target,
            offset + (channel * height + y) * width,
            width);
      }
    }
  }

  @Override
  public void close() {}
}
