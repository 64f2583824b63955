package dev.wta.models.shard;

import java.nio.ByteBuffer;

/**
 * The ranks of a training that is spread over several processes, as one of them sees the others.
 * Every rank calls the same methods in the same order, from one thread at a time.
 */
public interface Ranks extends AutoCloseable {
  /** This rank's number, from 0 to {@link #count} - 1. */
  int rank();

  /** How many ranks there are. */
  int count();

  /**
   * Gives {@code parts[r]} to rank r and returns, by rank, what every rank gave to this one, its
   * own part included. A collective: it returns when all ranks have called it, and parts may have
   * different lengths, 0 among them.
   *
   * @param parts one for each rank, from position to limit, in little-endian order; the caller may
   *     write to them again once this returns and it has read what it got
   * @return one for each rank, from position to limit, in little-endian order; valid until the next
   *     call. This rank's own part may be a view of what it gave
   * @throws dev.wta.api.WtaException if a rank is lost or does not answer in time; the ranks are
   *     then of no use any more
   */
  ByteBuffer[] exchange(ByteBuffer[] parts);

  /** Leaves the others: their next exchange fails, unless they close, too. */
  @Override
  void close();
}
