package dev.wta.api.contract.fuzz;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Makes a case that failed simpler for as long as it fails in the same way: smaller extents, a
 * smaller k, fewer threads, plainer numbers and rules.
 */
public final class Shrinker {
  private static final int ATTEMPTS = 500;

  private final Fuzzer fuzzer;
  private int attempts;

  public Shrinker(Fuzzer fuzzer) {
    this.fuzzer = fuzzer;
  }

  /** The simplest case found that fails as {@code failure} does. */
  public Failure shrink(Failure failure) {
    attempts = 0;
    Failure simplest = failure;
    int found;
    do { // until a round through all choices makes none simpler
      found = 0;
      for (String name : simplest.choices().keySet()) {
        Optional<Failure> simpler = simpler(simplest, name);
        while (simpler.isPresent()) {
          found++;
          simplest = simpler.get();
          simpler = simpler(simplest, name);
        }
      }
    } while (found > 0);
    return simplest;
  }

  private Optional<Failure> simpler(Failure failure, String name) {
    Choices.Choice choice = failure.choices().get(name);
    if (choice == null || name.equals(Fuzzer.OPERATION)) {
      // The simpler case no longer has it; another operation's failure is another failure.
      return Optional.empty();
    }
    for (String label : choice.simpler()) {
      if (attempts++ >= ATTEMPTS) {
        return Optional.empty();
      }
      Map<String, String> given = new LinkedHashMap<>();
      failure.choices().forEach((other, made) -> given.put(other, made.label()));
      given.put(name, label);
      Optional<Failure> simpler = attempt(failure, given);
      if (simpler.isPresent() && simpler.get().thrown().getClass() == failure.thrown().getClass()) {
        return simpler;
      }
    }
    return Optional.empty();
  }

  private Optional<Failure> attempt(Failure failure, Map<String, String> given) {
    try {
      return fuzzer.run(failure.seed(), failure.index(), given);
    } catch (Choices.Invalid inapplicable) {
      return Optional.empty(); // the simpler choice leaves no room for one of the others
    }
  }
}
