package dev.wta.models.shard;

import dev.wta.api.WtaException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** The ranks of one process, a thread each: for tests, and for one rank alone. */
public final class LocalRanks implements Ranks {
  /** Where threads wait for each other. */
  private static final class Meeting {
    private final ByteBuffer[][] given;
    private int arrived;
    private long round;
    private boolean left;

    private Meeting(int count) {
      given = new ByteBuffer[count][];
    }

    private synchronized void await() {
      long mine = round;
      if (!left && ++arrived == given.length) {
        arrived = 0;
        round++;
        notifyAll();
      }
      while (!left && mine == round) {
        try {
          wait();
        } catch (InterruptedException interrupted) {
          leave();
          Thread.currentThread().interrupt();
        }
      }
      if (mine == round) {
        throw new WtaException(
            "a rank of the training has ended before the others",
            "look for its own error, and resume from the last checkpoint");
      }
    }

    private synchronized void leave() {
      left = true;
      notifyAll();
    }
  }

  private final Meeting meeting;
  private final int rank;

  private LocalRanks(Meeting meeting, int rank) {
    this.meeting = meeting;
    this.rank = rank;
  }

  /** Ranks that meet each other, to be given to a thread each. */
  public static List<LocalRanks> of(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("at least one rank, not " + count);
    }
    Meeting meeting = new Meeting(count);
    List<LocalRanks> ranks = new ArrayList<>(count);
    for (int rank = 0; rank < count; rank++) {
      ranks.add(new LocalRanks(meeting, rank));
    }
    return List.copyOf(ranks);
  }

  /** The only rank. */
  public static LocalRanks alone() {
    return of(1).getFirst();
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int count() {
    return meeting.given.length;
  }

  @Override
  public ByteBuffer[] exchange(ByteBuffer[] parts) {
    if (parts.length != count()) {
      throw new IllegalArgumentException(
          "%d parts for %d ranks".formatted(parts.length, count()));
    }
    meeting.given[rank] = parts;
    meeting.await();
    ByteBuffer[] received = new ByteBuffer[count()];
    for (int from = 0; from < received.length; from++) {
      ByteBuffer part = meeting.given[from][rank];
      ByteBuffer copy = ByteBuffer.allocate(part.remaining()).order(ByteOrder.LITTLE_ENDIAN);
      received[from] = copy.put(part.duplicate()).flip();
    }
    meeting.await(); // nobody writes to its parts before all have read theirs
    return received;
  }

  /** Lets the others' exchanges fail, those that wait already among them. */
  @Override
  public void close() {
    meeting.leave();
  }
}
