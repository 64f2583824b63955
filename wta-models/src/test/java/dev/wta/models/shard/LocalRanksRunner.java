package dev.wta.models.shard;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs ranks, a thread each. */
public final class LocalRanksRunner {
  private LocalRanksRunner() {}

  /** What a rank does. */
  @FunctionalInterface
  public interface Part<T> {
    T run(LocalRanks ranks);
  }

  /**
   * Runs a part on each of some ranks, and answers by rank; a failure is thrown, rather that of a
   * rank by itself than of one that was left alone.
   */
  public static <T> List<T> onRanks(int count, Part<T> part) {
    List<Callable<T>> parts = new ArrayList<>();
    for (LocalRanks rank : LocalRanks.of(count)) {
      parts.add(
          () -> {
            try (rank) {
              return part.run(rank);
            }
          });
    }
    List<T> results = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
      for (Future<T> result : threads.invokeAll(parts)) {
        try {
          results.add(result.get());
        } catch (ExecutionException failed) {
          failures.add(failed.getCause());
        }
      }
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
    failures.sort(Comparator.comparing(failed -> failed.getMessage().contains("ended before")));
    if (!failures.isEmpty()) {
      throw failures.getFirst() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(failures.getFirst());
    }
    return results;
  }
}
