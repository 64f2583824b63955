package dev.wta.cli.wiring;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Module;
import com.google.inject.ProvisionException;

/**
 * A job with all that it needs; closing it closes what was opened for it.
 *
 * @param <J> the job's type
 */
public final class Wired<J> implements AutoCloseable {
  private final Resources resources;
  private final J job;

  private Wired(Resources resources, J job) {
    this.resources = resources;
    this.job = job;
  }

  /** Makes a job out of what the modules provide; what the job does not need is never made. */
  static <J> Wired<J> of(Class<J> type, Resources resources, Module... modules) {
    try {
      Injector injector = Guice.createInjector(modules);
      return new Wired<>(resources, injector.getInstance(type));
    } catch (ProvisionException failed) {
      resources.close();
      throw cause(failed);
    } catch (RuntimeException | Error failed) {
      resources.close();
      throw failed;
    }
  }

  public J job() {
    return job;
  }

  @Override
  public void close() {
    resources.close();
  }

  /** What a part's making failed with, which says more than Guice's account of it. */
  private static RuntimeException cause(ProvisionException failed) {
    return switch (failed.getCause()) {
      case RuntimeException cause -> cause;
      case Error error -> throw error;
      case null, default -> failed;
    };
  }
}
