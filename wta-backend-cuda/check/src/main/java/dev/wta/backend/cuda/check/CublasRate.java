package dev.wta.backend.cuda.check;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.wta.api.op.Precision;
import dev.wta.backend.cuda.binding.Cublas;
import dev.wta.backend.cuda.binding.Driver;
import dev.wta.backend.cuda.binding.LibrarySearch;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.Random;

/**
 * cuBLAS called directly: a product of squares in one go, on a stream with nothing else. Its
 * factors are random as ours are, because a device is slower with those than with zeros.
 */
final class CublasRate {
  static final String NAME = "cuBLAS";

  private CublasRate() {}

  /** What to time: calls of a product, and waiting for all of them. */
  interface Timer {
    double callsPerSecond(Runnable product, Runnable wait);
  }

  /** Products a second of squares of {@code side}; empty where there is no cuBLAS. */
  static Optional<Double> of(int side, Precision precision, Timer timer) {
    LibrarySearch search = LibrarySearch.ofThisMachine();
    Driver driver = Driver.find(search).orElseThrow();
    driver.initialise();
    int device = driver.device(0);
    driver.bind(driver.retainPrimaryContext(device));
    long stream = driver.createStream();
    try {
      return Cublas.open(search, driver.version() / 1000, stream)
          .map(cublas -> time(cublas, precision, driver, stream, side, timer));
    } finally {
      driver.destroyStream(stream);
      driver.bind(0);
      driver.releasePrimaryContext(device);
    }
  }

  private static double time(
      Cublas cublas, Precision precision, Driver driver, long stream, int side, Timer timer) {
    long bytes = (long) side * side * Float.BYTES;
    long a = driver.memory().allocate(bytes);
    long b = driver.memory().allocate(bytes);
    long out = driver.memory().allocate(bytes);
    MemorySegment numbers = driver.memory().allocateHost(bytes);
    try (cublas) {
      Random random = new Random(1);
      for (long i = 0; i < (long) side * side; i++) {
        numbers.setAtIndex(JAVA_FLOAT, i, (float) random.nextGaussian());
      }
      driver.memory().copyToDevice(numbers, a, bytes, stream);
      driver.memory().copyToDevice(numbers, b, bytes, stream);
      return timer.callsPerSecond(
          () ->
              cublas.product(
                  precision, a, false, side, b, false, side, side, side, side, 1, 0, out),
          () -> driver.synchronise(stream));
    } finally {
      driver.memory().freeHost(numbers);
      driver.memory().free(a);
      driver.memory().free(b);
      driver.memory().free(out);
    }
  }
}
