package dev.wta.data.reading;

import dev.wta.api.IntSize;
import dev.wta.api.WtaException;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Batch;
import dev.wta.data.BatchSource;
import dev.wta.data.Dataset;
import dev.wta.data.ElementType;
import dev.wta.data.SampleStream;
import dev.wta.data.UniformRandom;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * The samples of a stream in random order, through a buffer: each step takes one of the samples in
 * it at random and puts the next one of the stream in its place. The order depends on the seed and
 * on how many samples the stream has alone, not on the parts in which they arrive. Memory is that
 * of the buffer and a part, so the stream may be endless.
 */
public final class MixedStream implements BatchSource, AutoCloseable {
  private static final int FIRST_ROOM = 1024;

  private final SampleStream stream;
  private final Shape sample;
  private final int width;
  private final ElementType type;
  private final Head head;

  /** The samples in the buffer, and which of the stream they are. */
  private float[] values;

  private int[] rows;
  private int filled;

  /** The part of the stream at work, its next sample, and the samples taken so far. */
  private Optional<Dataset> part;

  private int at;
  private long taken;
  private Optional<UniformRandom> draws = Optional.empty();
  private boolean begun;

  private MixedStream(SampleStream stream, int capacity) {
    this.stream = stream;
    part = stream.next();
    Dataset first =
        part.orElseThrow(
            () ->
                new WtaException(
                    stream.name() + " has no samples", "give one or more; see what writes to it"));
    sample = first.sampleShape();
    width = Math.toIntExact(sample.size());
    IntSize.of((long) capacity * width, "numbers of the samples in the shuffle buffer");
    type = first.elementType();
    values = new float[Math.min(capacity, FIRST_ROOM) * width];
    rows = new int[Math.min(capacity, FIRST_ROOM)];
    while (filled < capacity && advance()) {
      if (filled == rows.length) {
        int room = (int) Math.min(capacity, 2L * filled);
        values = Arrays.copyOf(values, room * width);
        rows = Arrays.copyOf(rows, room);
      }
      take(filled++);
    }
    head = new Head(filled);
  }

  /**
   * Reads the first samples of a stream, which is closed with this.
   *
   * @param samples of the buffer, at least 1
   * @throws WtaException if there are none, or they cannot be read
   */
  public static MixedStream of(SampleStream stream, int samples) {
    boolean opened = false;
    try {
      MixedStream mixed = new MixedStream(stream, samples);
      opened = true;
      return mixed;
    } finally {
      if (!opened) {
        stream.close();
      }
    }
  }

  /** The first samples, as many as the buffer holds; they last until the first batch is read. */
  public Dataset head() {
    return head;
  }

  /**
   * Chooses the order, before the first batch: that of the first epoch of a data set, if the buffer
   * holds all samples.
   */
  public MixedStream begin(Seed seed) {
    draws = Optional.of(new UniformRandom(seed.stream("shuffle", 0)));
    return this;
  }

  /** Advances to the next part if one is read to its end; false at the end of the stream. */
  private boolean advance() {
    while (part.isPresent() && at == part.get().size()) {
      part = stream.next();
      at = 0;
      part.ifPresent(this::requireLike);
    }
    return part.isPresent();
  }

  private void requireLike(Dataset next) {
    if (!next.sampleShape().equals(sample) || next.elementType() != type) {
      throw new WtaException(
          "%s has samples of %s, and those before have %s"
              .formatted(next.name(), next.sampleShape(), sample),
          "send samples of one shape and type");
    }
  }

  /** Puts the next sample into a place of the buffer. */
  private void take(int place) {
    part.orElseThrow().read(at++, 1, values, place * width);
    rows[place] = (int) Math.min(taken++, Integer.MAX_VALUE);
  }

  @Override
  public boolean more() {
    return filled > 0;
  }

  @Override
  public boolean next(Batch batch) {
    UniformRandom random =
        draws.orElseThrow(() -> new IllegalStateException("call begin(seed) first"));
    begun = true;
    int count = 0;
    while (count < batch.capacity() && filled > 0) {
      int place = random.below(filled);
      System.arraycopy(values, place * width, batch.values(), count * width, width);
      batch.rows()[count++] = rows[place];
      if (advance()) {
        take(place);
      } else {
        filled--;
        System.arraycopy(values, filled * width, values, place * width, width);
        rows[place] = rows[filled];
      }
    }
    batch.holds(count);
    return count > 0;
  }

  /** Closes the stream. */
  @Override
  public void close() {
    stream.close();
  }

  /** The buffer before the first batch. */
  private final class Head implements Dataset {
    private final int size;

    Head(int size) {
      this.size = size;
    }

    @Override
    public String name() {
      return stream.name();
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
      return type;
    }

    @Override
    public boolean labelled() {
      return false;
    }

    @Override
    public int[] labels() {
      throw new WtaException(
          name() + " is read once, without labels", "give a data set that has them");
    }

    @Override
    public void read(int from, int count, float[] target, int offset) {
      Objects.checkFromIndexSize(from, count, size);
      if (begun) {
        throw new IllegalStateException("the first samples of %s have gone".formatted(name()));
      }
      System.arraycopy(values, from * width, target, offset, count * width);
    }

    @Override
    public void close() {}
  }
}
