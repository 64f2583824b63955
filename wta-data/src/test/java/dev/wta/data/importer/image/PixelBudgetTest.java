package dev.wta.data.importer.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PixelBudgetTest {
  private static final long HEAP = 32L << 20; // half of it holds a million pixels

  private final PixelBudget budget = new PixelBudget(HEAP);

  @Test
  void whatFitsIsTakenAtOnce() {
    PixelBudget.Taken one = budget.take(500_000);
    PixelBudget.Taken two = budget.take(500_000);
    one.close();
    two.close();
  }

  @Test
  void moreThanFitsWaits() throws InterruptedException {
    AtomicBoolean taken = new AtomicBoolean();
    CountDownLatch done = new CountDownLatch(1);
    PixelBudget.Taken all = budget.take(1_000_000);
    Thread other =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  PixelBudget.Taken more = budget.take(600_000);
                  taken.set(true);
                  more.close();
                  done.countDown();
                });
    while (other.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    assertThat(taken).isFalse();
    all.close();
    assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aPictureLargerThanAllOfItIsDecodedAlone() {
    budget.take(1L << 40).close();
    budget.take(1_000_000).close();
  }
}
