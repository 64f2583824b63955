package dev.wta.spark.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.models.shard.Ranks;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class NettyRanksTest {
  private static final String HOST = "127.0.0.1";
  private static final Limits LIMITS =
      new Limits(1 << 24, Duration.ofSeconds(100), Duration.ofSeconds(100));

  private final StageSecret secret = StageSecret.random();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<NettyRanks> open = new ArrayList<>();
  private final AtomicBoolean cancelled = new AtomicBoolean();

  @AfterEach
  void close() throws Exception {
    together(open, Ranks::close); // each waits for the others
    threads.shutdownNow();
  }

  /** What a rank does. */
  private interface Work {
    void with(Ranks ranks) throws Exception;
  }

  private NettyRanks listen(int rank, int count, StageSecret.Stage stage, Limits limits) {
    NettyRanks ranks = NettyRanks.listen(HOST, rank, count, stage, limits, cancelled::get);
    open.add(ranks);
    return ranks;
  }

  private List<NettyRanks> joined(int count, Limits limits) throws Exception {
    List<NettyRanks> all = new ArrayList<>();
    for (int rank = 0; rank < count; rank++) {
      all.add(listen(rank, count, new StageSecret.Stage(secret, 0), limits));
    }
    List<InetSocketAddress> addresses = all.stream().map(NettyRanks::address).toList();
    together(all, ranks -> ((NettyRanks) ranks).join(addresses));
    return all;
  }

  private void together(List<NettyRanks> all, Work work) throws Exception {
    List<Future<Void>> running = new ArrayList<>();
    for (Ranks ranks : all) {
      Callable<Void> call =
          () -> {
            work.with(ranks);
            return null;
          };
      running.add(threads.submit(call));
    }
    for (Future<Void> one : running) {
      one.get();
    }
  }

  /** What rank {@code from} gives to rank {@code to} in a round, of another length each. */
  private static byte[] part(int round, int from, int to) {
    Random random = new Random(round * 100L + from * 10L + to);
    byte[] bytes = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(700_000)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static ByteBuffer[] parts(int round, int from, int count) {
    ByteBuffer[] parts = new ByteBuffer[count];
    for (int to = 0; to < count; to++) {
      parts[to] = ByteBuffer.wrap(part(round, from, to)).order(ByteOrder.LITTLE_ENDIAN);
    }
    return parts;
  }

  private static ByteBuffer[] bytes(int size, int count) {
    ByteBuffer[] parts = new ByteBuffer[count];
    Arrays.setAll(parts, _ -> ByteBuffer.allocate(size));
    return parts;
  }

  private static byte[] read(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void everyRankGetsWhatTheOthersGave(int count) throws Exception {
    together(
        joined(count, LIMITS),
        ranks -> {
          assertThat(ranks.count()).isEqualTo(count);
          for (int round = 0; round < 20; round++) {
            if (round % 5 == ranks.rank()) {
              Thread.sleep(20); // so that peers are ahead
            }
            ByteBuffer[] given = parts(round, ranks.rank(), count);
            ByteBuffer[] received = ranks.exchange(given);
            for (int from = 0; from < count; from++) {
              assertThat(received[from].order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
              assertThat(read(received[from])).isEqualTo(part(round, from, ranks.rank()));
            }
            for (ByteBuffer mine : given) {
              mine.duplicate().put(new byte[mine.remaining()]); // the caller's own again
            }
          }
          ranks.close();
        });
  }

  @Test
  void aPartIsReadFromItsPositionToItsLimit() throws Exception {
    together(
        joined(2, LIMITS),
        ranks -> {
          ByteBuffer[] parts = bytes(100, 2);
          for (ByteBuffer part : parts) {
            part.put(7, (byte) (1 + ranks.rank())).position(7).limit(8);
          }
          ByteBuffer[] received = ranks.exchange(parts);
          assertThat(read(received[0])).containsExactly(1);
          assertThat(read(received[1])).containsExactly(2);
          assertThat(parts[0].position()).isEqualTo(7);
        });
  }

  @Test
  void whoDoesNotKnowTheSecretIsTurnedAway() throws Exception {
    NettyRanks first = listen(0, 2, new StageSecret.Stage(secret, 0), LIMITS);
    NettyRanks wrong = listen(1, 2, new StageSecret.Stage(StageSecret.random(), 0), LIMITS);
    assertThatThrownBy(() -> wrong.join(List.of(first.address(), wrong.address())))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("is no peer: it does not know the secret");

    NettyRanks second = listen(1, 2, new StageSecret.Stage(secret, 0), LIMITS);
    List<InetSocketAddress> addresses = List.of(first.address(), second.address());
    together(List.of(first, second), ranks -> ((NettyRanks) ranks).join(addresses));
    together(List.of(first, second), ranks -> ranks.exchange(bytes(10, 2)));
  }

  @Test
  void aPeerOfAnEarlierAttemptIsTurnedAway() {
    NettyRanks now = listen(0, 2, new StageSecret.Stage(secret, 1), LIMITS);
    NettyRanks stale = listen(1, 2, new StageSecret.Stage(secret, 0), LIMITS);
    assertThatThrownBy(() -> stale.join(List.of(now.address(), stale.address())))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("secret of this attempt");
  }

  @Test
  void strangersChangeNothing() throws Exception {
    List<NettyRanks> all = joined(2, LIMITS);
    InetSocketAddress address = all.getFirst().address();
    byte[] hello = new byte[41];
    hello[3] = 37;
    hello[4] = Frames.HELLO;
    hello[8] = 1; // says that it is rank 1, without a proof
    for (byte[] sent :
        List.of(
            "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8),
            new byte[] {0x7f, -1, -1, -1, Frames.CHUNK},
            new byte[] {0, 0, 0, 5, Frames.GOODBYE, 0, 0, 0, 0},
            new byte[] {0, 0, 0, 1, Frames.GOODBYE})) {
      assertThat(replyTo(address, sent)).isEmpty();
    }
    // to a rank it shows that it is one, and nothing more without the stranger's own proof
    assertThat(replyTo(address, hello, new byte[] {0, 0, 0, 1, Frames.WELCOME})).hasSize(69);
    together(all, ranks -> ranks.exchange(bytes(10, 2)));
  }

  /** What comes back until the other side closes the connection. */
  private static byte[] replyTo(InetSocketAddress address, byte[]... sent) throws IOException {
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      for (byte[] bytes : sent) {
        socket.getOutputStream().write(bytes);
      }
      return socket.getInputStream().readAllBytes();
    } catch (SocketException reset) {
      return new byte[0];
    }
  }

  @Test
  void whoConnectsAndSaysNothingIsTurnedAway() throws Exception {
    Limits brief = new Limits(100, Duration.ofMillis(300), Duration.ofSeconds(100));
    NettyRanks ranks = listen(0, 2, new StageSecret.Stage(secret, 0), brief);
    assertThat(replyTo(ranks.address())).isEmpty();
  }

  @Test
  void whoNeverJoinsIsNamed() {
    Limits brief = new Limits(100, Duration.ofMillis(300), Duration.ofSeconds(100));
    NettyRanks alone = listen(0, 3, new StageSecret.Stage(secret, 0), brief);
    assertThatThrownBy(() -> alone.join(List.of(alone.address(), alone.address(), alone.address())))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("ranks [1, 2] have not joined rank 0 within 300 ms");
  }

  @Test
  void aPartAboveTheLimitIsRefused() throws Exception {
    Limits little = new Limits(1000, Duration.ofSeconds(100), Duration.ofSeconds(100));
    List<NettyRanks> all = joined(2, little);
    assertThatThrownBy(() -> all.getFirst().exchange(bytes(1001, 2)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("rank 0 sends 1,001 bytes at once, and 1,000 are allowed");
  }

  /** Ranks 0 and 1, joined, and connections of rank 2 to them, which says nothing more. */
  private List<Socket> withSpeaker(List<NettyRanks> two) throws Exception {
    StageSecret.Stage stage = new StageSecret.Stage(secret, 0);
    two.add(listen(0, 3, stage, LIMITS));
    two.add(listen(1, 3, stage, LIMITS));
    InetSocketAddress first = two.get(0).address();
    InetSocketAddress second = two.get(1).address();
    Future<List<Socket>> speaking =
        threads.submit(
            () ->
                List.of(Speaker.connect(first, stage, 2, 0), Speaker.connect(second, stage, 2, 1)));
    together(two, ranks -> ((NettyRanks) ranks).join(List.of(first, second, second)));
    return speaking.get();
  }

  private List<Future<?>> exchanging(List<NettyRanks> ranks) {
    List<Future<?>> all = new ArrayList<>();
    for (NettyRanks one : ranks) {
      all.add(threads.submit(() -> one.exchange(bytes(10, 3))));
    }
    return all;
  }

  /** Its process is gone: both others see that, in any order, and hear it of each other. */
  @Test
  void aLostPeerIsNamedByAll() throws Exception {
    List<NettyRanks> ranks = new ArrayList<>();
    List<Socket> ofLost = withSpeaker(ranks);
    List<Future<?>> waiting = exchanging(ranks);
    for (Socket one : ofLost) {
      one.close();
    }
    for (Future<?> one : waiting) {
      assertThatThrownBy(one::get)
          .hasCauseInstanceOf(RankLostException.class)
          .hasMessageFindingMatch("rank [01] lost the connection to rank 2 ");
    }
  }

  /** Rank 0 learns of the loss from rank 1 alone: its own connection to rank 2 stays open. */
  @Test
  void whoNoticesALossTellsTheOthers() throws Exception {
    List<NettyRanks> ranks = new ArrayList<>();
    List<Socket> ofLost = withSpeaker(ranks);
    List<Future<?>> waiting = exchanging(ranks);
    ofLost.get(1).close();
    for (Future<?> one : waiting) {
      assertThatThrownBy(one::get)
          .hasCauseInstanceOf(RankLostException.class)
          .hasMessageContaining("rank 1 lost the connection to rank 2 ");
    }
    ofLost.get(0).close();
  }

  @Test
  void whoGivesUpSaysWhy() throws Exception {
    List<NettyRanks> all = joined(3, LIMITS);
    List<Future<?>> waiting = exchanging(all.subList(0, 2));
    all.get(2).giveUp(new WtaException("its disk is full".repeat(100_000), "make room"));
    for (Future<?> one : waiting) {
      assertThatThrownBy(one::get)
          .hasCauseInstanceOf(RankLostException.class)
          .hasMessageContaining("rank 2 failed: its disk is full")
          .hasMessageEndingWith("; make room")
          .satisfies(failed -> assertThat(failed.getMessage().length()).isLessThan(1200));
    }
    assertThatThrownBy(() -> all.get(2).exchange(bytes(10, 3)))
        .isInstanceOf(RankLostException.class)
        .hasMessageContaining("rank 2 failed");
  }

  /** One that failed for another's reason passes that on, as it is. */
  @Test
  void aReasonIsPassedOnAsItIs() throws Exception {
    List<NettyRanks> all = joined(2, LIMITS);
    all.get(1).giveUp(new RankLostException("rank 7 failed: no more", "mend it", null));
    assertThatThrownBy(() -> all.get(0).exchange(bytes(10, 2)))
        .isInstanceOf(RankLostException.class)
        .hasMessage("rank 7 failed: no more; mend it");
  }

  /** The cause of the interruption is reported, not the interruption. */
  @Test
  void anInterruptedRankSaysWhyAfterwards() throws Exception {
    List<NettyRanks> all = joined(2, LIMITS);
    List<Throwable> own = new ArrayList<>();
    Thread exchanging =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    all.get(1).exchange(bytes(10, 2));
                  } catch (WtaException interrupted) {
                    own.add(interrupted);
                  }
                });
    exchanging.interrupt();
    exchanging.join();
    assertThat(own).hasSize(1).first().asString().contains("rank 1 was interrupted");
    all.get(1).giveUp(new IllegalStateException("a bug"));
    assertThatThrownBy(
            () -> {
              all.get(0).exchange(bytes(10, 2)); // rank 1 may have sent its part of this one
              all.get(0).exchange(bytes(10, 2));
            })
        .isInstanceOf(RankLostException.class)
        .hasMessageContaining("rank 1 failed: java.lang.IllegalStateException: a bug");
  }

  @Test
  void aPeerThatEndsEarlyIsNamed() throws Exception {
    List<NettyRanks> all = joined(2, LIMITS);
    Future<?> waiting = threads.submit(() -> all.get(0).exchange(bytes(10, 2)));
    all.get(1).close();
    assertThatThrownBy(waiting::get)
        .hasCauseInstanceOf(WtaException.class)
        .hasMessageContaining("rank 1")
        .hasMessageContaining("has ended before the others");
  }

  @Test
  void aPartArrivesThoughItsSenderCloses() throws Exception {
    List<NettyRanks> all = joined(2, LIMITS);
    together(
        all,
        ranks -> {
          if (ranks.rank() == 0) {
            Thread.sleep(200);
          }
          assertThat(ranks.exchange(bytes(5_000_000, 2))[1].remaining()).isEqualTo(5_000_000);
          ranks.close();
        });
  }

  @Test
  void aSilentPeerEndsTheExchange() throws Exception {
    Limits impatient = new Limits(1000, Duration.ofSeconds(100), Duration.ofMillis(400));
    StageSecret.Stage stage = new StageSecret.Stage(secret, 0);
    NettyRanks first = listen(0, 2, stage, impatient);
    Future<?> waiting =
        threads.submit(
            () -> {
              first.join(List.of(first.address(), first.address()));
              return first.exchange(bytes(10, 2));
            });
    try (Socket silent = Speaker.connect(first.address(), stage, 1, 0)) {
      assertThatThrownBy(waiting::get)
          .hasCauseInstanceOf(WtaException.class)
          .hasMessageContaining("has been silent for 400 ms");
      assertThat(silent.isConnected()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void aPeerThatBreaksTheProtocolEndsTheExchange(int kind) throws Exception {
    Limits little = new Limits(1000, Duration.ofSeconds(100), Duration.ofSeconds(100));
    StageSecret.Stage stage = new StageSecret.Stage(secret, 0);
    NettyRanks first = listen(0, 2, stage, little);
    Future<?> waiting =
        threads.submit(
            () -> {
              first.join(List.of(first.address(), first.address()));
              return first.exchange(bytes(10, 2));
            });
    String[] messages = {
      "sends 1,001 bytes at once",
      "message 2 after 0",
      "more bytes than it announced",
      "lost the connection"
    };
    try (Socket peer = Speaker.connect(first.address(), stage, 1, 0)) {
      ByteArrayOutputStream frames = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(frames);
      if (kind == 3) {
        out.writeInt(Frames.MOST_OF_CHUNK + 2); // a frame above the bound
      } else {
        out.writeInt(13);
        out.writeByte(Frames.MESSAGE);
        out.writeLong(kind == 1 ? 2 : 1);
        out.writeInt(kind == 0 ? 1001 : 1);
        out.writeInt(3);
        out.writeByte(Frames.CHUNK);
        out.write(new byte[2]);
      }
      peer.getOutputStream().write(frames.toByteArray()); // at once: the first frame may end it
      assertThatThrownBy(waiting::get)
          .hasCauseInstanceOf(WtaException.class)
          .hasMessageContaining(messages[kind]);
    }
  }

  @Test
  void aCancelledRankStopsWaiting() throws Exception {
    List<NettyRanks> all = joined(2, LIMITS);
    Future<?> waiting = threads.submit(() -> all.get(0).exchange(bytes(10, 2)));
    cancelled.set(true);
    assertThatThrownBy(waiting::get)
        .hasCauseInstanceOf(WtaException.class)
        .hasMessageContaining("was told to stop");
  }
}
