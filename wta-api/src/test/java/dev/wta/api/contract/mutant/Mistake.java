package dev.wta.api.contract.mutant;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.contract.BackendContract;
import dev.wta.api.reference.ReferenceBackendProvider;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * A mistake that a backend may make, and the check of the contract that has to notice it.
 *
 * @param words what is wrong
 * @param check passes for the reference, and must fail for the reference with the mistake
 * @param maker the mistake, for a backend of that number of threads
 */
record Mistake(String words, Consumer<BackendContract> check, Maker maker) {

  /** Makes a right backend wrong. */
  interface Maker {
    Backend of(Backend right, int threads);
  }

  /** A mistake in one operation, see {@link Mutant}. */
  static Mistake of(
      String words,
      String group,
      String operation,
      Mutant.Body body,
      Consumer<BackendContract> check) {
    Mutant mutant = new Mutant(words, group, operation, body);
    return new Mistake(words, check, (right, _) -> mutant.of(right));
  }

  /** A mistake that a backend of seven threads makes, and none with fewer. */
  static Mistake ofSevenThreads(
      String words,
      String group,
      String operation,
      Mutant.Body body,
      Consumer<BackendContract> check) {
    Mutant mutant = new Mutant(words, group, operation, body);
    return new Mistake(words, check, (right, threads) -> threads == 7 ? mutant.of(right) : right);
  }

  /** A check that is one of several tests made at run time. */
  static Consumer<BackendContract> named(
      String name, Function<BackendContract, Stream<DynamicTest>> tests) {
    return contract -> {
      try {
        tests
            .apply(contract)
            .filter(test -> test.getDisplayName().equals(name))
            .findFirst()
            .orElseThrow()
            .getExecutable()
            .execute();
      } catch (RuntimeException | Error thrown) {
        throw thrown;
      } catch (Throwable thrown) {
        throw new AssertionError(thrown);
      }
    };
  }

  void assertNoticed() {
    assertThatCode(() -> run(new Opened((right, _) -> right))).doesNotThrowAnyException();
    assertThatThrownBy(() -> run(new Opened(maker))).isInstanceOf(AssertionError.class);
  }

  private void run(BackendContract contract) {
    contract.openBench();
    try {
      check.accept(contract);
    } finally {
      contract.closeBench();
    }
  }

  @Override
  public String toString() {
    return words;
  }

  /** The contract of the reference, with or without a mistake. */
  private static final class Opened extends BackendContract {
    private final Maker maker;

    Opened(Maker maker) {
      this.maker = maker;
    }

    @Override
    protected Backend open(BackendOptions options) {
      return maker.of(new ReferenceBackendProvider().open(options), options.threads());
    }
  }
}
