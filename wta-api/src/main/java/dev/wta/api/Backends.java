package dev.wta.api;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the backends on the class path and opens one. */
public final class Backends {
  private static final Logger log = LoggerFactory.getLogger(Backends.class);

  private Backends() {}

  /** A backend that was found, and whether it can run here. */
  public record Found(String name, Probe probe) {}

  /**
   * What was found, the fastest usable one first, those that cannot run here last. Never throws.
   */
  public static List<Found> probeAll() {
    List<Found> found = new ArrayList<>();
    for (Candidate candidate : candidates()) {
      found.add(new Found(candidate.name(), candidate.probe()));
    }
    return found;
  }

  /**
   * Opens the usable backend with the highest score, with default options, and logs which and why.
   */
  public static Backend best() {
    return best(BackendOptions.defaults());
  }

  /**
   * Opens the usable backend with the highest score, and logs which and why.
   *
   * @throws WtaException if none can run here
   */
  public static Backend best(BackendOptions options) {
    List<Candidate> candidates = candidates();
    for (Candidate candidate : candidates) {
      if (candidate.probe() instanceof Probe.Usable usable) {
        log.info(
            "backend {}: {}{}",
            candidate.name(),
            usable.device(),
            reasonsAgainst(candidates, usable.score()));
        return candidate.provider().open(options);
      }
    }
    throw new WtaException(
        "no backend can run here" + reasonsAgainst(candidates, Integer.MIN_VALUE),
        "put a backend such as wta-backend-cpu on the class path");
  }

  /**
   * Opens the backend that the user named; there is no falling back from it.
   *
   * @throws WtaException if there is none of that name, or it cannot start, with the reason and the
   *     remedy
   */
  public static Backend named(String name, BackendOptions options) {
    List<Candidate> candidates = candidates();
    for (Candidate candidate : candidates) {
      if (candidate.name().equals(name)) {
        return switch (candidate.probe()) {
          case Probe.Usable usable -> candidate.provider().open(options);
          case Probe.Unusable unusable ->
              throw new WtaException(
                  "backend '%s' cannot run here: %s".formatted(name, unusable.reason()),
                  unusable.remedy());
        };
      }
    }
    throw new WtaException(
        "there is no backend '%s' on the class path".formatted(name),
        "choose one of "
            + candidates.stream().map(Candidate::name).collect(Collectors.joining(", "))
            + ", or add its jar");
  }

  private record Candidate(String name, BackendProvider provider, Probe probe) {
    int score() {
      return probe instanceof Probe.Usable usable ? usable.score() : Integer.MIN_VALUE;
    }
  }

  private static List<Candidate> candidates() {
    List<Candidate> candidates = new ArrayList<>();
    Iterator<ServiceLoader.Provider<BackendProvider>> services =
        ServiceLoader.load(BackendProvider.class).stream().iterator();
    while (services.hasNext()) {
      candidates.add(candidate(services.next()));
    }
    candidates.sort(
        Comparator.comparingInt(Candidate::score).reversed().thenComparing(Candidate::name));
    return candidates;
  }

  /**
   * Linkage errors are caught as well: a provider whose class path is broken must not hide the
   * others.
   */
  private static Candidate candidate(ServiceLoader.Provider<BackendProvider> service) {
    String name = service.type().getSimpleName();
    try {
      BackendProvider provider = service.get();
      name = provider.name();
      return new Candidate(name, provider, provider.probe());
    } catch (RuntimeException | LinkageError | ServiceConfigurationError broken) {
      log.debug("backend {} failed to load", name, broken);
      return new Candidate(
          name,
          null,
          new Probe.Unusable("it failed to load: " + broken, "repair or remove its jar"));
    }
  }

  /** Why the backends that might have been expected to win did not. */
  private static String reasonsAgainst(List<Candidate> candidates, int chosenScore) {
    StringBuilder reasons = new StringBuilder();
    for (Candidate candidate : candidates) {
      if (candidate.probe() instanceof Probe.Unusable unusable) {
        reasons
            .append(" (")
            .append(candidate.name())
            .append(" cannot run: ")
            .append(unusable.reason())
            .append("; ");
        reasons.append(unusable.remedy()).append(')');
      } else if (candidate.score() < chosenScore) {
        reasons.append(" (score ").append(chosenScore).append(" against ").append(candidate.name());
        reasons.append("'s ").append(candidate.score()).append(')');
      }
    }
    return reasons.toString();
  }
}
