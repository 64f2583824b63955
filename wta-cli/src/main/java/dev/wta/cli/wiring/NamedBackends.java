package dev.wta.cli.wiring;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import java.util.Set;

/** Opens the backend that the user named, and knows those that are there only if asked for. */
final class NamedBackends {

  /** Come with wta, but are large; the launcher puts them on the class path. */
  private static final Set<String> ON_REQUEST = Set.of("nd4j");

  private NamedBackends() {}

  static Backend open(String name, BackendOptions options) {
    if (ON_REQUEST.contains(name) && !isFound(name)) {
      throw new WtaException(
          "backend '%s' is not on the class path".formatted(name),
          "set WTA_BACKENDS=%s in the environment of ./wta, which puts it there".formatted(name));
    }
    return Backends.named(name, options);
  }

  private static boolean isFound(String name) {
    return Backends.probeAll().stream().anyMatch(found -> found.name().equals(name));
  }
}
