package dev.wta.data.array;

import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.ElementType;
import java.util.List;
import java.util.Optional;

/**
 * A view whose closing closes what it is a view of.
 *
 * @param view which samples
 * @param owned what is closed
 */
public record OwnedView(Dataset view, Dataset owned) implements Dataset {
  @Override
  public String name() {
    return view.name();
  }

  @Override
  public int size() {
    return view.size();
  }

  @Override
  public Shape sampleShape() {
    return view.sampleShape();
  }

  @Override
  public ElementType elementType() {
    return view.elementType();
  }

  @Override
  public boolean labelled() {
    return view.labelled();
  }

  @Override
  public int[] labels() {
    return view.labels();
  }

  @Override
  public Optional<List<String>> classNames() {
    return view.classNames();
  }

  @Override
  public void read(int from, int count, float[] target, int offset) {
    view.read(from, count, target, offset);
  }

  @Override
  public int sourceRow(int row) {
    return view.sourceRow(row);
  }

  @Override
  public String sourceName(int row) {
    return view.sourceName(row);
  }

  @Override
  public void close() {
    owned.close();
  }
}
