package dev.wta.spark.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A peer by a clock that the test turns on. */
class PeerTest {
  private static final int SILENCE = 400;
  private static final Limits LIMITS =
      new Limits(1000, Duration.ofSeconds(20), Duration.ofMillis(SILENCE));

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private NettyRanks ranks;

  @BeforeEach
  void connect() {
    channel.freezeTime();
    StageSecret.Stage stage = new StageSecret.Stage(StageSecret.random(), 0);
    ranks = NettyRanks.listen("127.0.0.1", 0, 2, stage, LIMITS, () -> false);
    assertThat(new Peer(ranks, channel, 1, LIMITS).channel()).isSameAs(channel);
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
    ranks.close();
  }

  private void pass(int milliseconds) {
    channel.advanceTimeBy(milliseconds, TimeUnit.MILLISECONDS);
    channel.runPendingTasks();
  }

  private void receive(byte kind) {
    channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {kind}));
  }

  @Test
  void whoHasNothingToSayShowsThatItIsAlive() {
    for (int i = 0; i < 20; i++) {
      receive(Frames.ALIVE);
      pass(SILENCE / 4);
      ByteBuf frame = channel.readOutbound();
      assertThat(frame.getByte(Integer.BYTES)).isEqualTo(Frames.ALIVE);
      frame.release();
    }
  }

  /** It may be slow for as long as it likes. */
  @Test
  void whoShowsThatItIsAliveIsWaitedFor() {
    for (int i = 0; i < 20; i++) {
      receive(Frames.ALIVE);
      pass(SILENCE - 1);
      assertThat(channel.isOpen()).isTrue();
    }
  }

  @Test
  void whoIsSilentIsGivenUp() {
    receive(Frames.ALIVE);
    pass(SILENCE);
    assertThat(channel.isOpen()).isFalse();
    assertThatThrownBy(() -> ranks.join(List.of(ranks.address(), ranks.address())))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("rank 1")
        .hasMessageContaining("has been silent for 400 ms");
  }
}
