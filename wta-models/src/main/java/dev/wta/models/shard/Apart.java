package dev.wta.models.shard;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A rank that never meets the others, for encoding a share of the units after the other: what
 * competes among all units stays a candidate.
 *
 * @param rank which share this is, from 0
 * @param count how many there are
 */
public record Apart(int rank, int count) implements Ranks {
  public Apart {
    Objects.checkIndex(rank, count);
  }

  /** Nobody is there. */
  @Override
  public ByteBuffer[] exchange(ByteBuffer[] parts) {
    throw new IllegalStateException(
        "rank %d of %d is apart from the others".formatted(rank, count));
  }

  @Override
  public void close() {}
}
