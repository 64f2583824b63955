package dev.wta.cli.demo;

import dev.wta.api.ProbeListener;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.cli.job.DemoRequest;
import dev.wta.cli.job.FiltersJob;
import dev.wta.cli.job.TrainingJob;
import dev.wta.cli.job.TrainingRequest;
import dev.wta.cli.terminal.Console;
import dev.wta.data.Dataset;
import dev.wta.eval.ProbeExperiment;
import dev.wta.eval.ProbeRecord;
import dev.wta.eval.ProbeReport;
import dev.wta.eval.image.FilterGrid;
import dev.wta.eval.probe.LinearSvm;
import dev.wta.eval.report.RunReport;
import dev.wta.models.Encoder;
import dev.wta.models.ForwardPass;
import dev.wta.models.ModelFamilies;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.training.TrainingListener;
import dev.wta.models.training.TrainingResult;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The whole of it on the built-in digits: trains a fully connected and a convolutional model,
 * compares their features with the raw pixels by the same classifier, and draws pictures.
 */
public final class Demo {
  private static final int FILTERS = 200;
  private static final int RECONSTRUCTIONS = 40;
  private static final int COLUMNS = 20;

  private final DemoRequest request;
  private final DemoFolder folder;
  private final Dataset train;
  private final Dataset test;
  private final Backend backend;
  private final List<TrainingListener> training;
  private final ProbeListener listener;
  private final Console screen;

  /**
   * What the demo came to.
   *
   * @param raw what the classifier did on raw pixels
   */
  public record Summary(
      ProbeReport raw,
      Learnt fullyConnected,
      Learnt convolutional,
      Path reconstructions,
      Path report) {}

  /**
   * A model that was trained.
   *
   * @param run its folder
   * @param probe what the classifier did on its features
   * @param filters a picture of what its units have learnt
   * @param seconds of training
   */
  public record Learnt(Path run, ProbeReport probe, Path filters, double seconds) {}

  @Inject
  Demo(
      DemoRequest request,
      @Named("train") Dataset train,
      @Named("test") Dataset test,
      Backend backend,
      List<TrainingListener> training,
      ProbeListener listener,
      Console screen) {
    this.request = request;
    this.folder = new DemoFolder(request.out());
    this.train = train;
    this.test = test;
    this.backend = backend;
    this.training = training;
    this.listener = listener;
    this.screen = screen;
  }

  /** Runs the demo; empty if it was asked to end while it trained. */
  public Optional<Summary> run() {
    folder.prepare();
    DemoFolder.write(train, folder.trainingData());
    DemoFolder.write(test, folder.testData());
    try (Encoder model = create(request.fullyConnected());
        Encoder convolutional = create(request.convolutional())) {
      Optional<Learnt> learnt = learn(model, request.fullyConnected());
      if (learnt.isEmpty()) {
        return Optional.empty();
      }
      drawReconstructions(model);
      ProbeReport pixels = probe().runOnSamples(backend, train, test);
      Path report = report(model, pixels);
      return learn(convolutional, request.convolutional())
          .map(maps -> new Summary(pixels, learnt.get(), maps, folder.reconstructions(), report));
    }
  }

  private Encoder create(TrainingRequest wanted) {
    Seed seed = Seed.of(wanted.settings().training().seed());
    return ModelFamilies.named(wanted.family())
        .create(wanted.settings().model(), train.sampleShape(), backend, seed);
  }

  /** Trains, draws and probes; empty if it was asked to end. */
  private Optional<Learnt> learn(Encoder model, TrainingRequest wanted) {
    TrainingResult run = new TrainingJob(wanted, train, model, training, screen).run();
    if (run.status() == TrainingResult.Status.STOPPED) {
      return Optional.empty();
    }
    Path filters = DemoFolder.filters(wanted.out());
    new FiltersJob(model).run(filters, FILTERS, Optional.empty());
    ProbeReport probe = probe().run("%s features".formatted(model.family()), model, train, test);
    ProbeRecord.keep(RunDirectory.open(wanted.out()), Map.of(), probe);
    return Optional.of(new Learnt(wanted.out(), probe, filters, run.took().toNanos() / 1e9));
  }

  /** Writes the page, which looks at the digits that were held out. */
  private Path report(Encoder model, ProbeReport pixels) {
    RunDirectory run = RunDirectory.open(folder.path());
    ProbeRecord.keep(run, Map.of(), pixels);
    return RunReport.of(run, model).data(test).listen(listener).write(folder.report()).page();
  }

  private ProbeExperiment probe() {
    return ProbeExperiment.of(LinearSvm.choosingC().listen(listener));
  }

  /**
   * Draws the first test digits and what the model makes of them. They compete in a batch as large
   * as those of training: in a smaller one, fewer units would win for each.
   */
  private void drawReconstructions(Encoder model) {
    int batch = request.fullyConnected().settings().training().batch();
    try (ForwardPass pass = ForwardPass.of(model, test, batch)) {
      pass.next();
      FilterGrid.of(test.sampleShape())
          .most(RECONSTRUCTIONS)
          .columns(COLUMNS)
          .writeReconstructions(
              folder.reconstructions(), pass.samples(), pass.reconstructions().orElseThrow());
    }
  }
}
