package dev.wta.backend.nd4j.memory;

import dev.wta.api.base.StoredWinners;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.WinnerList;
import java.util.stream.IntStream;

/**
 * Winners whose places are on the host, and whose values are with ND4J; slot {@code w} holds winner
 * {@code w} of the canonical order.
 */
public final class Nd4jWinners extends StoredWinners {
  private final Nd4jTensor values;
  private int[] samples = new int[0];
  private int[] units = new int[0];
  private int[] positions = new int[0];
  private long nanCount;

  /**
   * @param values of {@code (capacity)}, a view
   */
  Nd4jWinners(Nd4jStorage storage, Shape code, Nd4jTensor values) {
    super(storage, code, (int) values.size());
    this.values = values;
  }

  /** Takes the places of {@code list}, which is in canonical order; its values are stored apart. */
  void replace(WinnerList list, long nans) {
    samples = list.samples();
    units = list.units();
    positions = list.positions();
    nanCount = nans;
  }

  /** The sample of each winner; read only. */
  public int[] sampleOf() {
    return samples;
  }

  /** The unit of each winner; read only. */
  public int[] unitOf() {
    return units;
  }

  /** The position of each winner; read only. */
  public int[] positionOf() {
    return positions;
  }

  /** The slots that hold winners: 0, 1, and so on. */
  public int[] slots() {
    return IntStream.range(0, count()).toArray();
  }

  /** Where in the dense code each winner stands. */
  public int[] indices() {
    int[] indices = new int[samples.length];
    for (int w = 0; w < indices.length; w++) {
      indices[w] = (samples[w] * units() + units[w]) * positions() + positions[w];
    }
    return indices;
  }

  @Override
  public int count() {
    return samples.length;
  }

  @Override
  public long nanCount() {
    return nanCount;
  }

  @Override
  public Nd4jTensor values() {
    return values;
  }
}
