package dev.wta.models.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.models.Model;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.conv.ConvWta;
import dev.wta.models.fc.FcWta;
import dev.wta.models.optimizer.Adam;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * A step's garbage on the Java heap is small whatever the model's size. Until the compiler is
 * through with them, the backend's loops allocate more; so the least of many windows counts.
 */
class StepAllocationTest {
  private static final long MOST_BYTES_A_STEP = 10_000;
  private static final int WINDOW = 50;
  private static final int BATCH = 10;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void fullyConnected() {
    try (Backend cpu = TestBackends.open("cpu", 1);
        FcWta wide =
            FcWta.Settings.DEFAULTS
                .hidden(500)
                .lifetime(0.05)
                .tied(true)
                .on(200, cpu, Seed.of(1))) {
      assertAllocatesAlmostNothing(wide);
    }
  }

  @Test
  void convolutional() {
    try (Backend cpu = TestBackends.open("cpu", 1);
        ConvWta deep =
            ConvWta.Settings.DEFAULTS
                .layers("16conv3-16conv3-16deconv5")
                .on(Shape.of(1, 8, 8), cpu, Seed.of(1))) {
      assertAllocatesAlmostNothing(deep);
    }
  }

  private void assertAllocatesAlmostNothing(Model model) {
    long self = Thread.currentThread().threadId();
    AtomicLong least = new AtomicLong(Long.MAX_VALUE);
    Trainer trainer =
        Trainer.of(model)
            .data(TestData.samples(1000, model.sampleShape()))
            .optimizer(Adam.rate(1e-4))
            .batch(BATCH)
            .epochs(1000) // it stops long before, unless the compiler gets no processor
            .logEvery(1000);
    trainer
        .listen(
            new TrainingListener() {
              private long before = Long.MAX_VALUE;

              @Override
              public void stepped(StepReport report) {
                if (report.step() % WINDOW == 0) {
                  long now = threads.getThreadAllocatedBytes(self);
                  least.accumulateAndGet(
                      before > now ? Long.MAX_VALUE : (now - before) / WINDOW, Math::min);
                  before = now;
                  if (least.get() < MOST_BYTES_A_STEP) {
                    trainer.requestStop();
                  }
                }
              }
            })
        .train();
    assertThat(least.get()).as("bytes a step").isBetween(1L, MOST_BYTES_A_STEP);
  }
}
