package dev.wta.api.contract.fuzz;

import dev.wta.api.contract.BackendContract;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.opentest4j.TestAbortedException;

/**
 * Runs random cases on the backend of a contract: {@code Fuzz CONTRACT [--cases N] [--seed S]
 * [--case I] [--with 'NAME=VALUE ...']}, {@code CONTRACT} being a subclass of {@link
 * BackendContract}. The exit status is 1 where a case failed, and 2 where none could run.
 */
public final class Fuzz {
  private static final int MOST_FAILURES = 20;
  private static final Duration PROGRESS = Duration.ofSeconds(10);
  private static final String USAGE =
      "the options are --cases N, --seed S, --case I and --with 'NAME=VALUE ...'";

  private Fuzz() {}

  /**
   * @param first the first case's index
   * @param given choices that all cases have in common
   */
  private record Request(
      BackendContract contract, long seed, long first, long cases, String given) {
    static Request parse(List<String> arguments) {
      Map<String, String> options =
          new TreeMap<>(Map.of("--cases", "", "--seed", "1", "--case", "", "--with", ""));
      Iterator<String> rest = arguments.iterator();
      if (!rest.hasNext()) {
        throw new Choices.Invalid("name a subclass of BackendContract");
      }
      String contract = rest.next();
      while (rest.hasNext()) {
        String option = rest.next();
        if (!options.containsKey(option) || !rest.hasNext()) {
          throw new Choices.Invalid("'%s': %s".formatted(option, USAGE));
        }
        options.put(option, rest.next());
      }
      String only = options.get("--case");
      String cases = options.get("--cases");
      return new Request(
          open(contract),
          number("--seed", options.get("--seed")),
          only.isEmpty() ? 0 : number("--case", only),
          cases.isEmpty() ? only.isEmpty() ? 10_000 : 1 : number("--cases", cases),
          options.get("--with"));
    }

    private static long number(String option, String text) {
      if (!text.matches("\\d{1,18}")) {
        throw new Choices.Invalid("%s is a whole number, not '%s'".formatted(option, text));
      }
      return Long.parseLong(text);
    }

    private static BackendContract open(String name) {
      try {
        var constructor = Class.forName(name).asSubclass(BackendContract.class);
        var empty = constructor.getDeclaredConstructor();
        empty.setAccessible(true);
        return empty.newInstance();
      } catch (ReflectiveOperationException | ClassCastException unusable) {
        throw new Choices.Invalid(
            "'%s' is no subclass of BackendContract that can be made: %s"
                .formatted(name, unusable));
      }
    }
  }

  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments), System.out, System.err));
  }

  /** The exit status. */
  static int run(List<String> arguments, PrintStream out, PrintStream err) {
    try {
      Request request = Request.parse(arguments);
      try (Fuzzer fuzzer = new Fuzzer(request.contract()::openBackend)) {
        return run(request, fuzzer, out, err);
      }
    } catch (Choices.Invalid wrong) {
      err.println("fuzz: " + wrong.getMessage());
    } catch (TestAbortedException missing) {
      err.println("fuzz: this backend cannot run here: " + missing.getMessage());
    }
    return 2;
  }

  private static int run(Request request, Fuzzer fuzzer, PrintStream out, PrintStream err) {
    Map<String, String> given = Choices.parse(request.given());
    Shrinker shrinker = new Shrinker(fuzzer);
    Map<String, Integer> counts = new TreeMap<>();
    int failures = 0;
    long start = System.nanoTime();
    long reported = start;
    long done = 0;
    while (done < request.cases() && failures < MOST_FAILURES) {
      long index = request.first() + done;
      counts.merge(Fuzzer.operation(request.seed(), index, given), 1, Integer::sum);
      Optional<Failure> failure = fuzzer.run(request.seed(), index, given);
      done++;
      if (failure.isPresent()) {
        failures++;
        out.println("FAILED " + shrinker.shrink(failure.get()));
      }
      long now = System.nanoTime();
      if (now - reported > PROGRESS.toNanos()) {
        reported = now;
        err.printf(
            "%,d of %,d cases, %d failed, %,.0f a second%n",
            done, request.cases(), failures, done * 1e9 / (now - start));
      }
    }
    counts.forEach((operation, count) -> out.printf("%-20s %,8d%n", operation, count));
    out.printf("%-20s %,8d, %d failed%n", "cases", done, failures);
    return failures == 0 ? 0 : 1;
  }
}
