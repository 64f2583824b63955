package dev.wta.cli.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.Module;
import dev.wta.cli.job.Compute;
import dev.wta.cli.job.DemoJob;
import dev.wta.cli.job.DemoRequest;
import dev.wta.cli.job.EncodingJob;
import dev.wta.cli.job.FeatureSource;
import dev.wta.cli.job.FiltersJob;
import dev.wta.cli.job.PartsJob;
import dev.wta.cli.job.PredictingJob;
import dev.wta.cli.job.ProbingJob;
import dev.wta.cli.job.ProbingRequest;
import dev.wta.cli.job.RanksJob;
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

  public static Wired<EncodingJob> encoding(
      RunToRead run, Path data, Compute compute, Console screen) {
    Resources resources = new Resources();
    return Wired.of(
        EncodingJob.class,
        resources,
        new DataModule(Map.of("data", data), resources),
        new ScreenModule(screen, resources),
        new ComputeModule(compute, resources),
        new RunModule(run, resources));
  }

  public static Wired<PredictingJob> predicting(
      RunToRead run, Path data, Compute compute, Console screen) {
    Resources resources = new Resources();
    return Wired.of(
        PredictingJob.class,
        resources,
        new DataModule(Map.of("data", data), resources),
        new ScreenModule(screen, resources),
        new ComputeModule(compute, resources),
        new RunModule(run, resources));
  }

  public static Wired<PartsJob> parts(RunToRead run, Path data, Compute compute, Console screen) {
    Resources resources = new Resources();
    return Wired.of(
        PartsJob.class,
        resources,
        new DataModule(Map.of("data", data), resources),
        new ScreenModule(screen, resources),
        new ComputeModule(compute, resources),
        new RunModule(run, resources));
  }

  public static Wired<FiltersJob> filters(RunToRead run, Compute compute) {
    Resources resources = new Resources();
    return Wired.of(
        FiltersJob.class,
        resources,
        new ComputeModule(compute, resources),
        new RunModule(run, resources));
  }

  public static Wired<RanksJob> ranks(RunToRead run, Path data, Compute compute) {
    Resources resources = new Resources();
    return Wired.of(
        RanksJob.class,
        resources,
        new DataModule(Map.of("data", data), resources),
        new ComputeModule(compute, resources),
        new RunModule(run, resources));
  }

  /** A probe of what a run has learnt, or of the raw samples if there is no run. */
  public static Wired<ProbingJob> probing(
      ProbingRequest request,
      Optional<RunToRead> run,
      Path train,
      Path test,
      Compute compute,
      Console screen) {
    Resources resources = new Resources();
    return Wired.of(
        ProbingJob.class,
        resources,
        instance(ProbingRequest.class, request),
        new DataModule(Map.of("train", train, "test", test), resources),
        new ComputeModule(compute, resources),
        new ScreenModule(screen, resources),
        run.<Module>map(trained -> new RunModule(trained, resources))
            .orElse(new AbstractModule() {}),
        bound(
            FeatureSource.class,
            run.isPresent() ? FeatureSource.Learnt.class : FeatureSource.Raw.class));
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
  public static Wired<DemoJob> demo(DemoRequest request, Compute compute, Console screen) {
    Resources resources = new Resources();
    return Wired.of(
        DemoJob.class,
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

  private static <T> Module bound(Class<T> type, Class<? extends T> to) {
    return binder -> binder.bind(type).to(to);
  }
}
