package dev.wta.spark.transport;

import dev.wta.api.WtaException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;

/**
 * The connection to another rank. A peer may be one exchange ahead, but not two, because it needs
 * this rank's part of an exchange to end it; so two buffers hold what it sent, alternately.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its connection
final class Peer extends SimpleChannelInboundHandler<ByteBuf> {
  private final NettyRanks ranks;
  private final Channel channel;
  private final int rank;
  private final String name;
  private final Limits limits;
  private final ByteBuffer[] buffers = {buffer(0), buffer(0)};
  private long began; // messages whose first frame has come
  private int missing; // bytes of that message

  // Guarded by the ranks' monitor.
  private long received; // whole messages
  private boolean left; // it has ended its connection in order

  Peer(NettyRanks ranks, Channel channel, int rank, Limits limits) {
    this.ranks = ranks;
    this.channel = channel;
    this.rank = rank;
    name = "rank %d (%s)".formatted(rank, channel.remoteAddress()); // a closed channel has none
    this.limits = limits;
    long silence = limits.silence().toMillis();
    channel
        .pipeline()
        .addLast(new IdleStateHandler(silence, silence / 4, 0, TimeUnit.MILLISECONDS), this);
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Its number. */
  int rank() {
    return rank;
  }

  /** The connection. */
  Channel channel() {
    return channel;
  }

  /** Whether it has sent so many messages. The caller holds the monitor. */
  boolean hasSent(long messages) {
    return received >= messages;
  }

  /** Whether it has announced that it sends nothing more. The caller holds the monitor. */
  boolean hasLeft() {
    return left;
  }

  /** Whether nothing more comes from it, nor goes to it. The caller holds the monitor. */
  boolean isOver() {
    return left || !channel.isActive();
  }

  /** What it sent as message {@code number}, from 1. */
  ByteBuffer message(long number) {
    return buffers[(int) (number & 1)];
  }

  /**
   * Sends the reason why this rank stops. The peer closes the connection once it has received it.
   */
  void giveUp(Frames.Reason reason) {
    channel.writeAndFlush(reason.frame());
  }

  /** Sends a message; {@link NettyRanks#sent} is called when its bytes are no longer needed. */
  void send(long number, ByteBuffer part) {
    channel.write(Frames.message(number, part.remaining()));
    ByteBuffer rest = part.duplicate();
    while (rest.hasRemaining()) {
      int now = Math.min(rest.remaining(), Frames.MOST_OF_CHUNK);
      channel.write(Frames.chunk(rest.slice(rest.position(), now)));
      rest.position(rest.position() + now);
    }
    // A frame of its own marks the end of the message: writes complete in their order.
    channel
        .writeAndFlush(Frames.frame(Frames.ALIVE))
        .addListener(written -> ranks.sent(this, written.cause()));
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, ByteBuf frame) {
    byte kind = frame.isReadable() ? frame.readByte() : 0;
    switch (kind) {
      case Frames.MESSAGE -> begin(frame);
      case Frames.CHUNK -> add(frame);
      case Frames.ALIVE -> {}
      case Frames.GIVES_UP -> {
        Frames.Reason reason = Frames.Reason.read(frame);
        ranks.fail(reason.problem(), reason.remedy(), null);
        context.close(); // so that the peer need not wait
      }
      case Frames.GOODBYE -> {
        synchronized (ranks) {
          left = true;
          ranks.notifyAll();
        }
      }
      default -> throw broken("a frame of unknown kind %d".formatted(kind));
    }
  }

  private void begin(ByteBuf frame) {
    if (missing > 0 || frame.readableBytes() != Long.BYTES + Integer.BYTES) {
      throw broken("a message within another one");
    }
    long number = frame.readLong();
    int length = frame.readInt();
    if (number != began + 1) {
      throw broken("message %d after %d".formatted(number, began));
    }
    if (length < 0 || length > limits.message()) {
      throw tooLarge(name, length, limits);
    }
    began = number;
    missing = length;
    ByteBuffer into = buffers[(int) (number & 1)];
    if (into.capacity() < length) {
      into = buffer(length);
      buffers[(int) (number & 1)] = into;
    }
    into.clear().limit(length);
    whole();
  }

  private void add(ByteBuf frame) {
    if (frame.readableBytes() > missing) {
      throw broken("more bytes than it announced");
    }
    ByteBuffer into = buffers[(int) (began & 1)];
    missing -= frame.readableBytes();
    int end = into.position() + frame.readableBytes();
    frame.readBytes(into.duplicate().limit(end));
    into.position(end);
    whole();
  }

  private void whole() {
    if (missing == 0) {
      buffers[(int) (began & 1)].flip();
      synchronized (ranks) {
        received = began;
        ranks.notifyAll();
      }
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof IdleStateEvent idle) {
      if (idle.state() == IdleState.READER_IDLE) {
        ranks.fail(
            "%s has been silent for %d ms".formatted(name, limits.silence().toMillis()),
            "look at its executor and the network; raise spark.network.timeout if both are well",
            null);
        context.close();
      } else {
        channel.writeAndFlush(Frames.frame(Frames.ALIVE));
      }
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    ranks.lost(this, null);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof WtaException known) {
      ranks.fail(known.problem(), known.remedy(), known);
    } else {
      ranks.lost(this, cause);
    }
    context.close();
  }

  /** Says which rank this is and where. */
  String name() {
    return name;
  }

  static WtaException tooLarge(String who, long length, Limits limits) {
    return new WtaException(
        "%s sends %,d bytes at once, and %,d are allowed".formatted(who, length, limits.message()),
        "take smaller batches, or more executors");
  }

  private WtaException broken(String what) {
    return new WtaException(
        "%s sent %s".formatted(name, what), "give all executors the same version of wta-spark");
  }
}
