package dev.wta.spark.transport;

import dev.wta.api.WtaException;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A rank's sockets, the listening one and one for each connection, and the thread that runs them.
 */
@SuppressWarnings("FutureReturnValueIgnored") // nobody waits for a socket to close
final class Sockets {
  private static final long CLOSE_MILLIS = 2000;

  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("wta-ranks", true), NioIoHandler.newFactory());
  private final ChannelGroup connections =
      new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
  private final Channel server;

  /**
   * Listens on any free port.
   *
   * @param host the name or address of this machine
   * @param accepted receives each new connection, on its event loop
   * @throws WtaException if the host is not this machine
   */
  Sockets(String host, Consumer<Channel> accepted) {
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(initializer(accepted))
            .bind(host, 0)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw new WtaException(
          "this executor cannot listen on %s: %s".formatted(host, bound.cause().getMessage()),
          "give the machine a name that leads to itself, see SPARK_LOCAL_HOSTNAME",
          bound.cause());
    }
    server = bound.channel();
  }

  private ChannelInitializer<Channel> initializer(Consumer<Channel> opened) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        connections.add(channel);
        opened.accept(channel);
      }
    };
  }

  /** The address that it listens on. */
  InetSocketAddress address() {
    return (InetSocketAddress) server.localAddress();
  }

  /**
   * Connects to an address, and returns at once.
   *
   * @param opened receives the new connection, on its event loop
   * @param failed receives the reason if there is no connection within the limit
   */
  void connect(
      InetSocketAddress address,
      Duration limit,
      Consumer<Channel> opened,
      Consumer<Throwable> failed) {
    new Bootstrap()
        .group(loop)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) limit.toMillis())
        .handler(initializer(opened))
        .connect(address)
        .addListener(
            connected -> {
              if (!connected.isSuccess()) {
                failed.accept(connected.cause());
              }
            });
  }

  /** Stops listening. */
  void refuseMore() {
    server.close();
  }

  /** Stops listening, and closes all connections but these. */
  void closeExcept(Set<Channel> kept) {
    server.close();
    connections.close(connection -> !kept.contains(connection));
  }

  /** Closes everything. */
  void close() {
    server.close();
    connections.close().awaitUninterruptibly(CLOSE_MILLIS);
    loop.shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
  }
}
