package dev.wta.models;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import java.util.List;

/** The backends that models are tested on. */
public final class TestBackends {
  private TestBackends() {}

  /** Their names. One that cannot run here fails its tests: nothing falls back. */
  public static final List<String> NAMES = List.of("reference", "cpu");

  /** The backend that spells every operation out. */
  public static Backend reference() {
    return open("reference", 1);
  }

  public static Backend open(String name, int threads) {
    return Backends.named(name, BackendOptions.defaults().withThreads(threads));
  }
}
