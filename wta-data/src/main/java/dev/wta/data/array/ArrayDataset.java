package dev.wta.data.array;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.ElementType;
import dev.wta.data.io.MappedFile;
import dev.wta.data.io.NumberType;
import java.util.Arrays;
import java.util.Objects;

/** Samples without labels that lie one after the other in a mapped file, read in place. */
final class ArrayDataset implements Dataset {
  private final MappedFile file;
  private final long begin;
  private final NumberType type;
  private final Shape sample;
  private final int width;
  private final int size;
  private final int perRow;

  /**
   * An array.
   *
   * @param begin the byte where its numbers begin
   * @param extents of its axes, all within the file
   * @param sequences whether the first two axes are samples: a row is a sequence of vectors
   * @throws WtaException if there are no samples, or too many
   */
  ArrayDataset(MappedFile file, long begin, NumberType type, long[] extents, boolean sequences) {
    this.file = file;
    this.begin = begin;
    this.type = type;
    int axes = sequences ? 2 : 1;
    long samples = Arrays.stream(extents, 0, axes).reduce(1, Math::multiplyExact);
    if (samples < 1 || samples > Integer.MAX_VALUE) {
      throw new WtaException(
          "%s has %d samples".formatted(file.name(), samples),
          "give 1 to %d".formatted(Integer.MAX_VALUE));
    }
    this.size = (int) samples;
    this.perRow = sequences ? Math.toIntExact(extents[1]) : 1;
    Shape stored = Shape.of(Arrays.stream(extents).skip(axes).mapToInt(Math::toIntExact).toArray());
    this.sample = stored.rank() == 2 ? stored.batch(1) : stored;
    this.width = Math.toIntExact(sample.size());
  }

  @Override
  public String name() {
    return file.name();
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Shape sampleShape() {
    return sample;
  }

  @Override
  public ElementType elementType() {
    return type == NumberType.UINT8 ? ElementType.UINT8 : ElementType.FLOAT32;
  }

  @Override
  public boolean labelled() {
    return false;
  }

  @Override
  public int[] labels() {
    throw new WtaException(
        name() + " has no labels", "import it with them: wta import npy --labels");
  }

  @Override
  public void read(int from, int count, float[] target, int offset) {
    Objects.checkFromIndexSize(from, count, size);
    Objects.checkFromIndexSize(offset, Math.multiplyExact(count, width), target.length);
    file.copy(type, begin + (long) from * width * type.bytes(), count * width, target, offset);
  }

  @Override
  public int sourceRow(int row) {
    return row / perRow;
  }

  @Override
  public void close() {
    file.close();
  }
}
