package dev.wta.models.shard;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A rank without the others, for encoding with one share of the units after the other: it finds
 * candidates for competitions among all units, and does not decide them.
 *
 * @param rank which share this is, from 0
 * @param count how many there are
 */
public record UnconnectedRank(int rank, int count) implements Ranks {
  public UnconnectedRank {
    Objects.checkIndex(rank, count);
  }

  /** Throws: there are no other ranks. */
  @Override
  public ByteBuffer[] exchange(ByteBuffer[] parts) {
    throw new IllegalStateException(
        "rank %d of %d is not connected to the others".formatted(rank, count));
  }

  @Override
  public void close() {}
}
