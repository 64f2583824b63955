package dev.wta.spark.transport;

import dev.wta.spark.transport.StageSecret.Link;
import dev.wta.spark.transport.StageSecret.Role;
import dev.wta.spark.transport.StageSecret.Stage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How two ranks prove to each other that they belong to one stage, before anything else is sent.
 * The client begins:
 *
 * <pre>
 * client: HELLO, its rank, a nonce
 * server: CHALLENGE, a nonce, its proof
 * client: PROOF, its proof
 * server: WELCOME
 * </pre>
 *
 * <p>The connection is closed if either side sends anything else.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its connection
abstract sealed class Handshake extends SimpleChannelInboundHandler<ByteBuf> {
  private static final Logger log = LoggerFactory.getLogger(Handshake.class);

  /** Receives a connection whose two sides have proved that they know the secret. */
  @FunctionalInterface
  interface Welcome {
    /**
     * Adds a peer's handlers to its channel, on its event loop.
     *
     * @return false to refuse it
     */
    boolean peer(Channel channel, int rank);
  }

  private final Welcome welcome;
  private boolean finished;

  private Handshake(Welcome welcome) {
    this.welcome = welcome;
  }

  /** Adds what a new connection needs to one. */
  void begin(Channel channel) {
    channel.pipeline().addLast(Frames.ofStrangers(), this);
  }

  /** Closes a connection whose other side has not proved itself by now. */
  void expire(Channel channel) {
    refuse(channel, "it has proved nothing in time");
  }

  final void finish(ChannelHandlerContext context, int peer) {
    Channel channel = context.channel();
    if (!welcome.peer(channel, peer)) {
      refuse(channel, "rank %d is connected already, or this rank has ended".formatted(peer));
      return;
    }
    finished = true;
    channel.pipeline().remove(this);
    channel.pipeline().replace(LengthFieldBasedFrameDecoder.class, "frames", Frames.ofPeers());
  }

  final void refuse(Channel channel, String why) {
    if (!finished) {
      finished = true;
      log.warn("turned {} away: {}", channel.remoteAddress(), why);
      channel.close();
      refused(why);
    }
  }

  /** Receives the reason why a connection failed. */
  abstract void refused(String why);

  /** Reads a frame's kind and checks its length. */
  static boolean is(ByteBuf frame, byte kind, int payload) {
    return frame.readableBytes() == 1 + payload && frame.readByte() == kind;
  }

  static byte[] bytes(ByteBuf frame, int count) {
    byte[] bytes = ByteBufUtil.getBytes(frame, frame.readerIndex(), count);
    frame.skipBytes(count);
    return bytes;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    refuse(context.channel(), cause.toString());
  }

  /** The rank that connects. */
  static final class Client extends Handshake {
    private final Stage stage;
    private final int rank;
    private final int peer;
    private final byte[] nonce = StageSecret.nonce();
    private final Consumer<String> refused;
    private boolean proved;

    Client(Stage stage, int rank, int peer, Welcome welcome, Consumer<String> refused) {
      super(welcome);
      this.refused = refused;
      this.stage = stage;
      this.rank = rank;
      this.peer = peer;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      byte[] number = ByteBuffer.allocate(Integer.BYTES).putInt(rank).array();
      context.writeAndFlush(Frames.frame(Frames.HELLO, number, nonce));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      refuse(context.channel(), "it has closed the connection");
    }

    @Override
    void refused(String why) {
      refused.accept(why);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf frame) {
      if (proved) {
        if (is(frame, Frames.WELCOME, 0)) {
          finish(context, peer);
        } else {
          refuse(context.channel(), "it answers no proof");
        }
      } else if (is(frame, Frames.CHALLENGE, StageSecret.NONCE + StageSecret.PROOF)) {
        Link link = new Link(stage.attempt(), rank, peer, nonce, bytes(frame, StageSecret.NONCE));
        if (stage.secret().proves(bytes(frame, StageSecret.PROOF), Role.SERVER, link)) {
          proved = true;
          context.writeAndFlush(
              Frames.frame(Frames.PROOF, stage.secret().proof(Role.CLIENT, link)));
        } else {
          refuse(context.channel(), "it does not know the secret of this attempt of the stage");
        }
      } else {
        refuse(context.channel(), "it speaks another protocol");
      }
    }
  }

  /** The rank that is connected to. */
  static final class Server extends Handshake {
    private final Stage stage;
    private final int rank;
    private final int count;
    private Link link;

    Server(Stage stage, int rank, int count, Welcome welcome) {
      super(welcome);
      this.stage = stage;
      this.rank = rank;
      this.count = count;
    }

    /** A refused connection changes nothing. */
    @Override
    void refused(String why) {}

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf frame) {
      if (link == null) {
        greet(context, frame);
      } else if (is(frame, Frames.PROOF, StageSecret.PROOF)
          && stage.secret().proves(bytes(frame, StageSecret.PROOF), Role.CLIENT, link)) {
        context.writeAndFlush(Frames.frame(Frames.WELCOME));
        finish(context, link.client());
      } else {
        refuse(context.channel(), "it does not know the secret of this attempt of the stage");
      }
    }

    private void greet(ChannelHandlerContext context, ByteBuf frame) {
      if (!is(frame, Frames.HELLO, Integer.BYTES + StageSecret.NONCE)) {
        refuse(context.channel(), "it speaks another protocol");
        return;
      }
      int peer = frame.readInt();
      if (peer <= rank || peer >= count) {
        refuse(context.channel(), "it says that it is rank " + peer);
        return;
      }
      byte[] nonce = StageSecret.nonce();
      link = new Link(stage.attempt(), peer, rank, bytes(frame, StageSecret.NONCE), nonce);
      context.writeAndFlush(
          Frames.frame(Frames.CHALLENGE, nonce, stage.secret().proof(Role.SERVER, link)));
    }
  }
}
