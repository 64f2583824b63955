package dev.wta.cli.job;

import dev.wta.api.Tensor;
import dev.wta.cli.terminal.Screen;
import dev.wta.data.Dataset;
import dev.wta.eval.FilterPicture;
import dev.wta.eval.ProbeListener;
import dev.wta.eval.report.RunReport;
import dev.wta.models.Model;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.training.TrainingRun;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The whole of it on the built-in digits: trains, compares the features with the raw pixels by the
 * same classifier, and draws pictures.
 */
public final class DemoJob {
  private static final int FILTERS = 200;
  private static final int RECONSTRUCTIONS = 40;
  private static final int COLUMNS = 20;

  private final DemoFolder folder;
  private final Dataset train;
  private final Dataset test;
  private final Model model;
  private final TrainingJob training;
  private final FiltersJob filters;
  private final FeatureSource.Raw raw;
  private final ProbeListener listener;
  private final Screen screen;

  /**
   * What the demo came to.
   *
   * @param raw what the classifier did on raw pixels
   * @param learnt what it did on the features
   */
  public record Summary(
      TrainingRun run,
      ProbeReport raw,
      ProbeReport learnt,
      Path out,
      Path filters,
      Path reconstructions,
      Path report) {}

  @Inject
  DemoJob(
      DemoRequest request,
      @Named("train") Dataset train,
      @Named("test") Dataset test,
      Model model,
      TrainingJob training,
      FiltersJob filters,
      FeatureSource.Raw raw,
      ProbeListener listener,
      Screen screen) {
    this.folder = new DemoFolder(request.out());
    this.train = train;
    this.test = test;
    this.model = model;
    this.training = training;
    this.filters = filters;
    this.raw = raw;
    this.listener = listener;
    this.screen = screen;
  }

  /** Runs the demo; empty if it was asked to end while it trained. */
  public Optional<Summary> run() {
    folder.prepare();
    DemoFolder.write(train, folder.trainingData());
    DemoFolder.write(test, folder.testData());
    TrainingRun run = training.run();
    if (run.status() == TrainingRun.Status.STOPPED) {
      return Optional.empty();
    }
    filters.run(folder.filters(), FILTERS, Optional.empty());
    drawReconstructions();
    ProbeReport rawReport = probe(raw);
    ProbeReport learntReport =
        probe(new FeatureSource.Learnt("%s features".formatted(model.family()), model));
    return Optional.of(
        new Summary(
            run,
            rawReport,
            learntReport,
            folder.path(),
            folder.filters(),
            folder.reconstructions(),
            report(rawReport, learntReport)));
  }

  /** Writes the page, which looks at the digits that were held out. */
  private Path report(ProbeReport... probes) {
    for (ProbeReport probe : probes) {
      KeptProbe.in(RunToRead.of(folder.path()), probe);
    }
    RunDirectory run = RunDirectory.open(folder.path());
    return RunReport.of(run, model).data(test).listen(listener).write(folder.report()).page();
  }

  private ProbeReport probe(FeatureSource source) {
    ProbingRequest request =
        new ProbingRequest(ProbingRequest.Classifier.SVM, Optional.empty(), Optional.empty());
    return new ProbingJob(request, train, test, source, listener, screen).run();
  }

  /**
   * Draws the first test digits and what the model makes of them. They compete in a batch as large
   * as those of training: in a smaller one, fewer units would win for each.
   */
  private void drawReconstructions() {
    int inputs = Math.toIntExact(test.sampleShape().size());
    int batch = training.batch();
    float[] originals = new float[batch * inputs];
    test.read(0, batch, originals, 0);
    model.preprocessing().orElseThrow().apply(originals, batch, test.sampleShape());
    try (Tensor x = model.backend().memory().allocate(test.sampleShape().batch(batch));
        Tensor out = model.backend().memory().allocate(x.shape())) {
      model.backend().memory().upload(originals, 0, x);
      model.reconstruct(x, out);
      FilterPicture.of(test.sampleShape())
          .most(RECONSTRUCTIONS)
          .columns(COLUMNS)
          .writeReconstructions(
              folder.reconstructions(), originals, model.backend().memory().download(out));
    }
  }
}
