package dev.wta.cli.job;

import dev.wta.api.ProbeListener;
import dev.wta.cli.terminal.Console;
import dev.wta.data.Dataset;
import dev.wta.eval.probe.FewLabels;
import dev.wta.eval.probe.FewLabelsResult;
import dev.wta.eval.probe.LinearProbe;
import dev.wta.eval.probe.LinearSvm;
import dev.wta.eval.probe.ProbeResult;
import dev.wta.eval.probe.SoftmaxRegression;
import dev.wta.models.Features;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.util.List;
import java.util.Optional;

/**
 * Judges features by a linear classifier: fitted to the training samples, tried once on the test
 * samples.
 */
public final class ProbingJob {
  private final ProbingRequest request;
  private final FeatureSource source;
  private final Dataset train;
  private final Dataset test;
  private final ProbeListener listener;
  private final Console screen;

  @Inject
  ProbingJob(
      ProbingRequest request,
      @Named("train") Dataset train,
      @Named("test") Dataset test,
      FeatureSource source,
      ProbeListener listener,
      Console screen) {
    this.request = request;
    this.source = source;
    this.train = train;
    this.test = test;
    this.listener = listener;
    this.screen = screen;
  }

  public ProbeReport run() {
    ProbeLabels labels = ProbeLabels.of(train, test);
    labels.notes().forEach(screen::note);
    int[] trainLabels = labels.train();
    int[] testLabels = labels.test();
    Optional<FewLabels> few =
        request
            .fewLabels()
            .map(draws -> new FewLabels(probe(), draws.labels(), draws.repeats(), draws.seed()));
    few.ifPresent(experiment -> experiment.requireEnough(trainLabels)); // before the work
    few.ifPresent(experiment -> experiment.shortages(trainLabels).forEach(screen::note));
    screen.note("encoding %,d + %,d samples".formatted(train.size(), test.size()));
    long start = System.nanoTime();
    try (Features trainFeatures = source.of(train);
        Features testFeatures = source.of(test)) {
      double seconds = (System.nanoTime() - start) / 1e9;
      String classifier =
          switch (request.classifier()) {
            case SVM -> "SVM";
            case SOFTMAX -> "softmax classifier";
          };
      screen.note(
          "fitting a linear %s to %,d features".formatted(classifier, trainFeatures.width()));
      ProbeResult result =
          ProbeResult.of(probe(), trainFeatures, trainLabels, testFeatures, testLabels);
      List<FewLabelsResult> fewer = List.of();
      if (few.isPresent()) {
        screen.note("fitting it to fewer labels");
        fewer = few.get().run(trainFeatures, trainLabels, testFeatures, testLabels, () -> result);
      }
      return new ProbeReport(
          source.name(),
          result,
          test.size(),
          source.sparsity(test),
          seconds,
          fewer,
          ProbeReport.provenance(request, source, train, test, labels));
    }
  }

  private LinearProbe probe() {
    LinearProbe probe =
        switch (request.classifier()) {
          case SVM -> request.c().map(LinearSvm::withC).orElseGet(LinearSvm::choosingC);
          case SOFTMAX ->
              request.c().map(SoftmaxRegression::withC).orElseGet(SoftmaxRegression::choosingC);
        };
    return switch (probe) {
      case LinearSvm svm -> request.scaling().map(svm::scaling).orElse(svm).listen(listener);
      case SoftmaxRegression softmax ->
          request.scaling().map(softmax::scaling).orElse(softmax).listen(listener);
    };
  }
}
