package dev.wta.api.backend;

import dev.wta.api.WtaException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the backends on the class path and opens one. */
public final class Backends {
  private static final Logger log = LoggerFactory.getLogger(Backends.class);

  /** Bounds the search where reading the service files fails again and again. */
  private static final int MOST_BROKEN_ENTRIES = 100;

  /** Large backends, which wta's launcher adds to the class path only on request. */
  private static final Set<String> ON_REQUEST = Set.of("nd4j");

  private Backends() {}

  /** A backend that was found, and whether it can run here. */
  public record Found(String name, Availability probe) {}

  /**
   * The backends on the class path, the fastest usable one first, those that cannot run here last.
   * Never throws.
   */
  public static List<Found> probeAll() {
    List<Found> found = new ArrayList<>();
    for (Candidate candidate : candidates()) {
      found.add(new Found(candidate.name(), candidate.probe()));
    }
    return found;
  }

  /**
   * Opens the usable backend with the highest score, with default options; see {@link
   * #best(BackendOptions)}.
   */
  public static Backend best() {
    return best(BackendOptions.defaults());
  }

  /**
   * Opens the usable backend with the highest score, and logs its name, and why others cannot run.
   * If it fails to start, the next one is opened, but never the scalar reference, which is many
   * times slower: ask for that by {@code named("reference", ...)}.
   *
   * @throws WtaException if none but the reference can run here, with each other one's reason
   */
  public static Backend best(BackendOptions options) {
    List<Candidate> candidates = candidates();
    for (int i = 0; i < candidates.size(); i++) {
      Candidate candidate = candidates.get(i);
      if (candidate.probe() instanceof Availability.Usable usable
          && usable.score() > Availability.Usable.SCALAR) {
        try {
          Backend backend = candidate.open(options);
          log.info(
              "backend {}: {}{}", candidate.name(), usable.device(), unusable(candidates, false));
          return backend;
        } catch (WtaException failed) { // reported as the reason why another was chosen
          candidates.set(
              i, candidate.withProbe(new Availability.Unusable(failed.problem(), failed.remedy())));
        }
      }
    }
    throw new WtaException(
        "no backend can run here but the scalar reference" + unusable(candidates, true),
        "put wta-backend-cpu on the class path and start java with --add-modules"
            + " jdk.incubator.vector, or name the reference, many times slower:"
            + " Backends.named(\"reference\", options)");
  }

  /**
   * Opens the backend of that name. It never falls back to another, and probes no other.
   *
   * @throws WtaException if there is none of that name, or it cannot start, with the reason and the
   *     remedy
   */
  public static Backend named(String name, BackendOptions options) {
    List<Candidate> found = found();
    List<Candidate> meant = probed(found.stream().filter(one -> one.name().equals(name)));
    if (!meant.isEmpty()) {
      return switch (meant.getFirst().probe()) {
        case Availability.Usable _ -> meant.getFirst().open(options);
        case Availability.Unusable unusable ->
            throw new WtaException(
                "backend '%s' cannot run here: %s".formatted(name, unusable.reason()),
                unusable.remedy());
      };
    }
    if (ON_REQUEST.contains(name)) {
      throw new WtaException(
          "backend '%s' is not on the class path".formatted(name),
          "set WTA_BACKENDS=%s in the environment of ./wta, which puts it there".formatted(name));
    }
    List<Candidate> others = probed(found.stream());
    throw new WtaException(
        "there is no backend '%s' on the class path".formatted(name),
        "choose one of "
            + others.stream().map(Candidate::name).collect(Collectors.joining(", "))
            + ", or add its jar"
            + brokenAmong(others));
  }

  /**
   * Adds the argument checks of {@link #best} and {@link #named} to a backend that a provider
   * opened itself. Closing the result closes {@code backend}.
   */
  public static Backend checked(Backend backend) {
    return backend instanceof CheckedBackend ? backend : new CheckedBackend(backend);
  }

  /**
   * A provider with its availability; {@code provider} is null if it failed to load.
   *
   * @param probe null before the provider was asked
   */
  private record Candidate(String name, BackendProvider provider, Availability probe) {
    static Candidate broken(String name, Throwable cause) {
      log.debug("backend {} failed to load", name, cause);
      // ServiceLoader wraps what a provider throws.
      Throwable reason = cause.getCause() == null ? cause : cause.getCause();
      return new Candidate(
          name,
          null,
          new Availability.Unusable("it failed to load: " + reason, "repair or remove its jar"));
    }

    /**
     * Asks the provider. Linkage errors are caught as well: a provider whose class path is broken
     * must not hide the others.
     */
    Candidate probed() {
      if (provider == null) {
        return this;
      }
      try {
        return withProbe(
            Objects.requireNonNull(provider.probe(), "the provider returned no probe"));
      } catch (RuntimeException | LinkageError | ServiceConfigurationError broken) {
        return broken(name, broken);
      }
    }

    Candidate withProbe(Availability changed) {
      return new Candidate(name, provider, changed);
    }

    Backend open(BackendOptions options) {
      return checked(provider.open(options));
    }

    int score() {
      return probe instanceof Availability.Usable usable ? usable.score() : Integer.MIN_VALUE;
    }
  }

  /** The providers on the class path, probed, the highest score first. */
  private static List<Candidate> candidates() {
    return probed(found().stream());
  }

  private static List<Candidate> probed(Stream<Candidate> found) {
    return found
        .map(Candidate::probed)
        .sorted(Comparator.comparingInt(Candidate::score).reversed().thenComparing(Candidate::name))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  /** The providers on the class path, not probed yet. */
  private static List<Candidate> found() {
    List<Candidate> candidates = new ArrayList<>();
    Iterator<ServiceLoader.Provider<BackendProvider>> services =
        ServiceLoader.load(BackendProvider.class).stream().iterator();
    int broken = 0;
    while (broken < MOST_BROKEN_ENTRIES) {
      try {
        if (!services.hasNext()) {
          break;
        }
        candidates.add(candidate(services.next()));
      } catch (ServiceConfigurationError entry) { // names a class that is missing, or no provider
        candidates.add(Candidate.broken("unknown", entry));
        broken++;
      }
    }
    return candidates;
  }

  private static Candidate candidate(ServiceLoader.Provider<BackendProvider> service) {
    String name = service.type().getSimpleName();
    try {
      BackendProvider provider = service.get();
      name = Objects.requireNonNull(provider.name(), "the provider has no name");
      return new Candidate(name, provider, null);
    } catch (RuntimeException | LinkageError | ServiceConfigurationError broken) {
      return Candidate.broken(name, broken);
    }
  }

  /** The jars that failed to load: one of them may hold the backend that was asked for. */
  private static String brokenAmong(List<Candidate> candidates) {
    StringBuilder broken = new StringBuilder();
    for (Candidate candidate : candidates) {
      if (candidate.provider() == null && candidate.probe() instanceof Availability.Unusable why) {
        broken.append(" (another one was found, but ").append(why.reason()).append(')');
      }
    }
    return broken.toString();
  }

  /** The backends that cannot run here and why, for the end of a message. */
  private static String unusable(List<Candidate> candidates, boolean withRemedies) {
    StringBuilder reasons = new StringBuilder();
    for (Candidate candidate : candidates) {
      if (candidate.probe() instanceof Availability.Unusable unusable) {
        reasons.append(" (%s cannot run: %s".formatted(candidate.name(), unusable.reason()));
        reasons.append(withRemedies ? "; %s)".formatted(unusable.remedy()) : ")");
      }
    }
    return reasons.toString();
  }
}
