package dev.wta.backend.cpu.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerPoolTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void runsEachPieceOnceOnAThreadOfItsOwnNumber(int threads) {
    try (WorkerPool workers = new WorkerPool(threads)) {
      for (int pieces : new int[] {0, 1, 2, 7, 1000}) {
        AtomicIntegerArray runs = new AtomicIntegerArray(pieces);
        AtomicIntegerArray busy = new AtomicIntegerArray(threads);
        workers.run(
            pieces,
            (piece, worker) -> {
              assertThat(busy.incrementAndGet(worker)).isEqualTo(1);
              runs.incrementAndGet(piece);
              busy.decrementAndGet(worker);
            });
        for (int piece = 0; piece < pieces; piece++) {
          assertThat(runs.get(piece)).as("runs of piece %d of %d", piece, pieces).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void throwsWhatAPieceThrewAndContinuesAfterIt() {
    try (WorkerPool workers = new WorkerPool(3)) {
      assertThatThrownBy(
              () ->
                  workers.run(
                      100,
                      (piece, worker) -> {
                        if (piece == 17) {
                          throw new IllegalStateException("piece 17");
                        }
                      }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("piece 17");
      AtomicIntegerArray runs = new AtomicIntegerArray(1);
      workers.run(100, (piece, worker) -> runs.incrementAndGet(0));
      assertThat(runs.get(0)).isEqualTo(100);
    }
  }

  @Test
  void endsItsThreadsWhenClosed() {
    WorkerPool workers = new WorkerPool(2);
    workers.run(10, (piece, worker) -> {});
    long before = liveThreads();
    workers.close();
    assertThat(liveThreads()).isEqualTo(before - 1);
  }

  private static long liveThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("wta-cpu-"))
        .count();
  }
}
