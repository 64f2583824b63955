package dev.wta.backend.nd4j.memory;

import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import java.util.stream.IntStream;

/**
 * Winners whose places are on the host, and whose values are with ND4J; slot {@code w} holds winner
 * {@code w} of the canonical order.
 */
public final class Nd4jWinners implements Winners {
  private final Shape code;
  private final Nd4jTensor values;
  private int[] samples = new int[0];
  private int[] units = new int[0];
  private int[] positions = new int[0];
  private long nanCount;

  Nd4jWinners(Shape code, Nd4jTensor values) {
    this.code = code;
    this.values = values;
  }

  Nd4jMemory owner() {
    return values.owner();
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
  public Shape code() {
    return code;
  }

  @Override
  public int capacity() {
    return (int) values.size();
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
  public Tensor values() {
    return values.reshape(values.shape());
  }

  /** The values' own tensor. */
  public Nd4jTensor valueTensor() {
    return values;
  }

  @Override
  public boolean isOpen() {
    return values.isOpen();
  }

  @Override
  public void close() {
    values.close();
  }
}
