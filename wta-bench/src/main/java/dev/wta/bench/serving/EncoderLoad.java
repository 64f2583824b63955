package dev.wta.bench.serving;

import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import dev.wta.models.Encoder;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * How an encoder answers some threads that ask again as soon as they have an answer.
 *
 * @param threads that ask
 * @param batch samples of a request
 * @param samplesPerSecond of all threads together
 * @param median time of a request, in microseconds: half of them took no longer
 * @param p99 time of a request, in microseconds: 99 of 100 took no longer
 */
public record EncoderLoad(
    int threads, int batch, double samplesPerSecond, double median, double p99) {
  private static final double NANOS_OF_MICRO = 1e3;

  /** Turns of a warm-up that compile next to nothing, one after the other, end it. */
  private static final int QUIET_TURNS = 2;

  private static final int MOST_TURNS = 20;

  /** A turn is quiet if the JVM compiles for less than this part of it. */
  private static final int QUIET_PART = 50;

  /** Asks until the JVM has compiled what answers, which takes a processor from the callers. */
  public static void warmUp(Encoder encoder, int threads, int batch, Duration turn)
      throws InterruptedException {
    CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    int quiet = 0;
    for (int i = 0; i < MOST_TURNS && quiet < QUIET_TURNS; i++) {
      long before = compiler.getTotalCompilationTime();
      measured(encoder, threads, batch, turn);
      long compiling = compiler.getTotalCompilationTime() - before;
      quiet = compiling * QUIET_PART < turn.toMillis() ? quiet + 1 : 0;
    }
  }

  /** Asks for a while, for sparse codes of standard normal samples. */
  public static EncoderLoad measured(Encoder encoder, int threads, int batch, Duration time)
      throws InterruptedException {
    List<Future<long[]>> running = new ArrayList<>();
    CountDownLatch start = new CountDownLatch(threads);
    try (ExecutorService callers = Executors.newFixedThreadPool(threads)) {
      for (int t = 0; t < threads; t++) {
        float[][] samples = samples(encoder, batch, Seed.of(t).stream("samples"));
        running.add(
            callers.submit(
                () -> {
                  start.countDown();
                  start.await();
                  return requests(encoder, samples, time.toNanos());
                }));
      }
    }
    long[] taken = running.stream().flatMapToLong(one -> Arrays.stream(result(one))).toArray();
    Arrays.sort(taken);
    double seconds = time.toNanos() / 1e9;
    return new EncoderLoad(
        threads,
        batch,
        batch * taken.length / seconds,
        quantile(taken, 0.5),
        quantile(taken, 0.99));
  }

  private static long[] result(Future<long[]> done) {
    try {
      return done.get();
    } catch (ExecutionException | InterruptedException failed) {
      throw new IllegalStateException("a request failed", failed);
    }
  }

  private static float[][] samples(Encoder encoder, int batch, Philox draws) {
    float[][] samples = new float[batch][encoder.inputs()];
    for (int i = 0; i < batch; i++) {
      for (int j = 0; j < encoder.inputs(); j++) {
        samples[i][j] = draws.normal((long) i * encoder.inputs() + j);
      }
    }
    return samples;
  }

  /** What each request took that ended in time, in nanoseconds. */
  private static long[] requests(Encoder encoder, float[][] samples, long time) {
    long[] taken = new long[1024];
    int count = 0;
    long begin = System.nanoTime();
    for (long before = begin; ; ) {
      int active = active(encoder, samples);
      long after = System.nanoTime();
      if (active < 0 || after - begin > time) {
        return Arrays.copyOf(taken, count);
      }
      if (count == taken.length) {
        taken = Arrays.copyOf(taken, 2 * count);
      }
      taken[count++] = after - before;
      before = after;
    }
  }

  private static int active(Encoder encoder, float[][] samples) {
    return samples.length == 1
        ? encoder.encodeSparse(samples[0]).size()
        : encoder.encodeSparse(samples).size();
  }

  private static double quantile(long[] sorted, double share) {
    return sorted.length == 0
        ? Double.NaN
        : sorted[(int) Math.min(sorted.length - 1L, (long) (share * sorted.length))]
            / NANOS_OF_MICRO;
  }
}
