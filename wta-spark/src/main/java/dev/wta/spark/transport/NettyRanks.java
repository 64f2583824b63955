package dev.wta.spark.transport;

import dev.wta.api.WtaException;
import dev.wta.models.shard.Ranks;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * Ranks in processes of their own, each connected to all others. A rank first listens, then is
 * given the others' addresses, then connects to them:
 *
 * <pre>{@code
 * NettyRanks ranks = NettyRanks.listen(host, rank, count, stage, limits, cancelled);
 * List<InetSocketAddress> all = ...; // everybody's ranks.address(), by rank
 * ranks.join(all);
 * }</pre>
 *
 * <p>Peers prove a {@link StageSecret} to each other; strangers, and peers of another attempt, are
 * refused and change nothing. What is sent over the connection afterwards is not encrypted.
 *
 * <p>Ranks wait for a slow peer as long as its process sends heartbeats. A peer that is lost, is
 * silent, or breaks the protocol ends the exchange of every rank with a {@link RankLostException}:
 * the rank that notices sends the reason to the others before it closes its connections.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its connection
public final class NettyRanks implements Ranks {
  private static final long POLL_MILLIS = 100;

  private final int rank;
  private final StageSecret.Stage stage;
  private final Limits limits;
  private final BooleanSupplier cancelled;
  private final Sockets sockets;

  // Guarded by this.
  private final Peer[] peers; // null where a rank has not proved itself yet, and for this one
  private int unsent; // peers that a part of this exchange is still being sent to
  private RankLostException failure; // what ends the exchanges of this rank
  private boolean reasonSent; // to the peers

  // Of the thread that exchanges.
  private long exchanges;
  private boolean closed;

  private NettyRanks(
      String host,
      int rank,
      int count,
      StageSecret.Stage stage,
      Limits limits,
      BooleanSupplier cancelled) {
    this.rank = rank;
    this.stage = stage;
    this.limits = limits;
    this.cancelled = cancelled;
    peers = new Peer[count];
    sockets = new Sockets(host, this::greet);
  }

  /**
   * Listens for peers, on any free port.
   *
   * @param host the name or address of this machine by which the others reach it
   * @param rank this one
   * @param count of ranks
   * @param stage what all of them know
   * @param cancelled whether to give up waiting for peers; asked now and then
   * @throws WtaException if the host is not this machine
   */
  public static NettyRanks listen(
      String host,
      int rank,
      int count,
      StageSecret.Stage stage,
      Limits limits,
      BooleanSupplier cancelled) {
    Objects.checkIndex(rank, count);
    return new NettyRanks(host, rank, count, stage, limits, cancelled);
  }

  /** Where this rank listens. */
  public InetSocketAddress address() {
    return sockets.address();
  }

  /**
   * Connects to all others, which do the same.
   *
   * @param addresses everybody's, by rank
   * @throws WtaException if a peer does not answer in time, or does not know the secret
   */
  public void join(List<InetSocketAddress> addresses) {
    for (int peer = 0; peer < rank; peer++) {
      connect(peer, addresses.get(peer));
    }
    long end = System.nanoTime() + limits.connect().toNanos();
    await(
        () -> absent().isEmpty(),
        () -> {
          if (System.nanoTime() - end > 0) {
            throw new WtaException(
                "ranks %s have not joined rank %d within %d ms"
                    .formatted(absent(), rank, limits.connect().toMillis()),
                "let executors reach each other on all ports, and look at those executors' logs");
          }
        });
  }

  /** Peers that have not proved themselves yet. */
  private List<Integer> absent() {
    return IntStream.range(0, peers.length)
        .filter(peer -> peer != rank && peers[peer] == null)
        .boxed()
        .toList();
  }

  private void connect(int peer, InetSocketAddress address) {
    sockets.connect(
        address,
        limits.connect(),
        channel ->
            new Handshake.Client(
                    stage, rank, peer, this::welcome, why -> refused(peer, address, why))
                .begin(channel),
        cause ->
            fail(
                "rank %d cannot reach rank %d at %s: %s"
                    .formatted(rank, peer, address, cause.getMessage()),
                "let executors reach each other on all ports",
                cause));
  }

  private void refused(int peer, InetSocketAddress address, String why) {
    fail(
        "rank %d at %s is no peer: %s".formatted(peer, address, why),
        "look at its executor's log",
        null);
  }

  /** A new connection; it is closed unless it proves to be a peer in time. */
  private void greet(Channel channel) {
    Handshake handshake = new Handshake.Server(stage, rank, peers.length, this::welcome);
    handshake.begin(channel);
    channel
        .eventLoop()
        .schedule(
            () -> handshake.expire(channel), limits.connect().toMillis(), TimeUnit.MILLISECONDS);
  }

  /** A peer has proved that it knows the secret. */
  private synchronized boolean welcome(Channel channel, int peer) {
    if (peers[peer] != null || failure != null) {
      return false;
    }
    peers[peer] = new Peer(this, channel, peer, limits);
    notifyAll();
    return true;
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int count() {
    return peers.length;
  }

  @Override
  public ByteBuffer[] exchange(ByteBuffer[] parts) {
    if (parts.length != peers.length) {
      throw new IllegalArgumentException(
          "%d parts for %d ranks".formatted(parts.length, peers.length));
    }
    for (ByteBuffer part : parts) {
      if (part.remaining() > limits.message()) {
        throw Peer.tooLarge("rank " + rank, part.remaining(), limits);
      }
    }
    exchanges++;
    List<Peer> others;
    synchronized (this) {
      others = Arrays.stream(peers).filter(Objects::nonNull).toList();
      unsent = others.size();
    }
    others.forEach(peer -> peer.send(exchanges, parts[peer.rank()]));
    await(
        () -> unsent == 0 && others.stream().allMatch(peer -> peer.hasSent(exchanges)),
        () ->
            others.stream()
                .filter(peer -> peer.hasLeft() && !peer.hasSent(exchanges))
                .findFirst()
                .ifPresent(
                    peer -> {
                      throw new WtaException(
                          "%s has ended before the others".formatted(peer.name()),
                          "look at its executor's log");
                    }));
    ByteBuffer[] received = new ByteBuffer[peers.length];
    received[rank] = parts[rank].slice().order(ByteOrder.LITTLE_ENDIAN);
    others.forEach(peer -> received[peer.rank()] = peer.message(exchanges));
    return received;
  }

  /**
   * Waits for what peers do.
   *
   * @param done whether it is over, and {@code check} what may end it early; asked with the monitor
   */
  private synchronized void await(BooleanSupplier done, Runnable check) {
    try {
      while (failure == null && !done.getAsBoolean()) {
        check.run();
        if (cancelled.getAsBoolean()) {
          throw new WtaException(
              "rank %d was told to stop".formatted(rank), "look for the error of another rank");
        }
        wait(POLL_MILLIS);
      }
    } catch (WtaException ends) {
      fail(ends.problem(), ends.remedy(), ends);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      // Peers are informed later: the interrupting thread may yet give the reason.
      end(
          "rank %d was interrupted".formatted(rank),
          "look for the error of another rank",
          interrupted);
    }
    if (failure != null) {
      throw new RankLostException(failure.problem(), failure.remedy(), failure);
    }
  }

  /** A peer's part of this exchange has been written, or could not be. */
  synchronized void sent(Peer peer, Throwable failed) {
    if (failed == null) {
      unsent--;
      notifyAll();
    } else {
      lost(peer, failed);
    }
  }

  /** A peer's connection is over. */
  synchronized void lost(Peer peer, Throwable cause) {
    if (!peer.hasLeft()) {
      fail(
          "rank %d lost the connection to %s%s"
              .formatted(rank, peer.name(), cause == null ? "" : ": " + cause.getMessage()),
          "look at its executor's log; Spark starts the stage again from the last checkpoint",
          cause);
    }
  }

  /**
   * Ends the exchanges of all ranks with this rank's reason, unless they have ended with another's.
   *
   * @param why this rank stops
   */
  public void giveUp(Throwable why) {
    switch (why) {
      case RankLostException lost -> fail(lost.problem(), lost.remedy(), lost);
      case WtaException own -> fail(failed(own.problem()), own.remedy(), own);
      default -> fail(failed(why.toString()), "look at its executor's log", why);
    }
  }

  private String failed(String problem) {
    return "rank %d failed: %s".formatted(rank, problem);
  }

  /**
   * Ends the exchanges of all ranks, unless they have ended.
   *
   * @param problem a sentence that is as true on every other rank
   */
  synchronized void fail(String problem, String remedy, Throwable cause) {
    end(problem, remedy, cause);
    sendReason(new Frames.Reason(problem, remedy));
  }

  /** Ends this rank's exchange, and those that would follow. */
  private void end(String problem, String remedy, Throwable cause) {
    if (failure == null) {
      failure = new RankLostException(problem, remedy, cause);
    }
    notifyAll();
  }

  /**
   * Sends the peers the reason why this rank stops. Their connections stay open until they have
   * received it: closing one with unread data may discard what was sent.
   */
  private void sendReason(Frames.Reason reason) {
    if (reasonSent) {
      return;
    }
    reasonSent = true;
    Set<Channel> open = new HashSet<>();
    for (Peer peer : peers) {
      if (peer != null) {
        peer.giveUp(reason);
        open.add(peer.channel());
      }
    }
    sockets.closeExcept(open);
  }

  /**
   * Announces the end to the others and closes the connections, once they have announced it, too,
   * or have received the reason of this rank's failure. A peer that sends no heartbeat is not
   * waited for longer than {@link Limits#silence}.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    sockets.refuseMore();
    sayGoodbye();
    sockets.close();
  }

  private synchronized void sayGoodbye() {
    if (failure != null) {
      sendReason(new Frames.Reason(failure.problem(), failure.remedy()));
    }
    for (Peer peer : peers) {
      if (peer != null && !reasonSent) {
        peer.channel().writeAndFlush(Frames.frame(Frames.GOODBYE));
      }
    }
    long end = System.nanoTime() + limits.silence().toNanos();
    try {
      while (System.nanoTime() - end < 0
          && !cancelled.getAsBoolean()
          && !Arrays.stream(peers).allMatch(peer -> peer == null || peer.isOver())) {
        wait(POLL_MILLIS);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt(); // closing continues, without waiting
    }
  }
}
