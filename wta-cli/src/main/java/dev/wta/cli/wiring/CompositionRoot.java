package dev.wta.cli.wiring;

import com.google.inject.Module;
import dev.wta.api.backend.Backend;
import dev.wta.cli.demo.Demo;
import dev.wta.cli.job.Compute;
import dev.wta.cli.job.DemoRequest;
import dev.wta.cli.job.FiltersJob;
import dev.wta.cli.job.ReportJob;
import dev.wta.cli.job.ReproducingJob;
import dev.wta.cli.job.RunToRead;
import dev.wta.cli.job.TrainingJob;
import dev.wta.cli.job.TrainingRequest;
import dev.wta.cli.terminal.Console;
import dev.wta.reproduce.run.Reproduction;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Puts each job together: which backend, data, model and listeners it gets. Nothing outside this
 * package knows Guice; everything takes what it needs in its constructor.
 */
public final class CompositionRoot {
  private CompositionRoot() {}

  public static Wired<TrainingJob> training(
      TrainingRequest request, Compute compute, Console screen) {
    Resources resources = new Resources();
    return Wired.of(
        TrainingJob.class,
        resources,
        new DataModule(Map.of("train", request.data()), resources),
        new ComputeModule(compute, resources),
        new NewModelModule(request, resources),
        new ScreenModule(screen, resources));
  }

  public static Wired<FiltersJob> filters(RunToRead run, Compute compute) {
    Resources resources = new Resources();
    return Wired.of(
        FiltersJob.class,
        resources,
        new ComputeModule(compute, resources),
        new RunModule(run, resources));
  }

  /** The backend to compute with, which the caller closes. */
  public static Backend backend(Compute compute) {
    return ComputeModule.open(compute);
  }

  /** A report, which looks at {@code data}, or at the training data if there are none. */
  public static Wired<ReportJob> report(
      RunToRead run, Optional<Path> data, Compute compute, Console screen) {
    Resources resources = new Resources();
    return Wired.of(
        ReportJob.class,
        resources,
        new ReportModule(data, resources),
        new ComputeModule(compute, resources),
        new ScreenModule(screen, resources),
        new RunModule(run, resources));
  }

  /** The demo: the built-in digits, and settings that suit them. */
  public static Wired<Demo> demo(DemoRequest request, Compute compute, Console screen) {
    Resources resources = new Resources();
    return Wired.of(
        Demo.class,
        resources,
        new DemoModule(request),
        new ComputeModule(compute, resources),
        new ScreenModule(screen, resources));
  }

  /** A paper's table. */
  public static Wired<ReproducingJob> reproducing(
      Reproduction.Request request, Compute compute, Console screen) {
    Resources resources = new Resources();
    return Wired.of(
        ReproducingJob.class,
        resources,
        instance(Reproduction.Request.class, request),
        new ComputeModule(compute, resources),
        new ScreenModule(screen, resources));
  }

  private static <T> Module instance(Class<T> type, T value) {
    return binder -> binder.bind(type).toInstance(value);
  }
}
