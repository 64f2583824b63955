package dev.wta.api.contract.fuzz;

import dev.wta.api.backend.Backend;
import dev.wta.api.contract.support.TestBench;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Runs random cases on a backend: each is compared with the reference to within the promised
 * tolerance, and, to the bit, with another backend of the same kind that has other threads.
 */
public final class Fuzzer implements AutoCloseable {
  /** The choice of the operation. */
  static final String OPERATION = "operation";

  private static final List<Operation> OPERATIONS = Operation.all();
  private static final List<Integer> THREADS = List.of(1, 1, 2, 2, 3, 4, 5, 7, 8, 12, 16);

  private final IntFunction<Backend> opener;
  private final Map<Integer, TestBench> benches = new HashMap<>();

  /**
   * @param opener opens a backend with a number of threads; the fuzzer closes it
   */
  public Fuzzer(IntFunction<Backend> opener) {
    this.opener = opener;
  }

  /**
   * Runs one case, which depends on the seed, its index, and what is given, alone.
   *
   * @param given choices of the case, by their names; all others are drawn
   * @return how it failed, if it did; as it was drawn, see {@link Shrinker}
   */
  public Optional<Failure> run(long seed, long index, Map<String, String> given) {
    Choices choices = new Choices(seed, index, given);
    Operation operation = choices.pick(OPERATION, OPERATIONS);
    int threads = choices.pick("threads", THREADS);
    TestBench bench = benches.computeIfAbsent(threads, this::open);
    try {
      operation.body().run(new Trial(choices, bench));
      bench.release();
      return Optional.empty();
    } catch (Choices.Invalid invalid) {
      bench.release();
      throw invalid;
    } catch (AssertionError wrong) {
      bench.release();
      return Optional.of(new Failure(seed, index, choices.made(), wrong));
    } catch (RuntimeException broken) {
      discard(threads, broken);
      return Optional.of(new Failure(seed, index, choices.made(), broken));
    }
  }

  /** The name of the operation that a case tries. */
  static String operation(long seed, long index, Map<String, String> given) {
    return new Choices(seed, index, given).pick(OPERATION, OPERATIONS).name();
  }

  private TestBench open(int threads) {
    return new TestBench(opener.apply(threads), Optional.of(opener.apply(threads == 1 ? 2 : 1)));
  }

  /** After an exception, nobody knows what state the backend is in. */
  private void discard(int threads, RuntimeException broken) {
    try {
      benches.remove(threads).close();
    } catch (RuntimeException unclosed) {
      broken.addSuppressed(unclosed);
    }
  }

  @Override
  public void close() {
    benches.values().forEach(TestBench::close);
    benches.clear();
  }
}
