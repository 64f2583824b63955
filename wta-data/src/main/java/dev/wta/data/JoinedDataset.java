package dev.wta.data;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/** Several data sets as one, the first one's samples first. Closing it does nothing. */
public final class JoinedDataset implements Dataset {
  private final List<Dataset> parts;

  /** The first row of each part, and the number of all rows at the end. */
  private final int[] firstRows;

  private JoinedDataset(List<Dataset> parts) {
    this.parts = parts;
    firstRows = new int[parts.size() + 1];
    for (int i = 0; i < parts.size(); i++) {
      firstRows[i + 1] = Math.addExact(firstRows[i], parts.get(i).size());
    }
  }

  /**
   * A view of data sets. It lives as long as they do.
   *
   * @throws WtaException if their samples differ in shape or type, or only some have labels
   */
  public static JoinedDataset of(Dataset... parts) {
    Dataset first = parts[0];
    for (Dataset part : parts) {
      if (!part.sampleShape().equals(first.sampleShape())
          || part.elementType() != first.elementType()
          || part.labelled() != first.labelled()) {
        throw new WtaException(
            "%s and %s differ in the samples' shape, their type or in having labels"
                .formatted(first.name(), part.name()),
            "give data sets of one form");
      }
    }
    return new JoinedDataset(List.of(parts));
  }

  @Override
  public String name() {
    return String.join(" + ", parts.stream().map(Dataset::name).toList());
  }

  @Override
  public int size() {
    return firstRows[parts.size()];
  }

  @Override
  public Shape sampleShape() {
    return parts.getFirst().sampleShape();
  }

  @Override
  public ElementType elementType() {
    return parts.getFirst().elementType();
  }

  @Override
  public boolean labelled() {
    return parts.getFirst().labelled();
  }

  @Override
  public int[] labels() {
    return parts.stream().flatMapToInt(part -> IntStream.of(part.labels())).toArray();
  }

  @Override
  public Optional<List<String>> classNames() {
    return parts.getFirst().classNames();
  }

  @Override
  public void read(int from, int count, float[] target, int offset) {
    Objects.checkFromIndexSize(from, count, size());
    int width = Math.toIntExact(sampleShape().size());
    for (int row = from; row < from + count; ) {
      int part = partOf(row);
      int some = Math.min(from + count, firstRows[part + 1]) - row;
      parts.get(part).read(row - firstRows[part], some, target, offset + (row - from) * width);
      row += some;
    }
  }

  private int partOf(int row) {
    int found = Arrays.binarySearch(firstRows, row);
    return found < 0 ? -found - 2 : found;
  }

  @Override
  public int sourceRow(int row) {
    int part = partOf(row);
    return parts.get(part).sourceRow(row - firstRows[part]);
  }

  @Override
  public void close() {}
}
