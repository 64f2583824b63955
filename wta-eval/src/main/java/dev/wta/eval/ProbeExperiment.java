package dev.wta.eval;

import dev.wta.api.ProgressListener;
import dev.wta.api.backend.Backend;
import dev.wta.data.Dataset;
import dev.wta.eval.metrics.SparsityMeter;
import dev.wta.eval.metrics.SparsityMetrics;
import dev.wta.eval.probe.FewLabels;
import dev.wta.eval.probe.FewLabelsResult;
import dev.wta.eval.probe.LinearProbe;
import dev.wta.eval.probe.LinearSvm;
import dev.wta.eval.probe.ProbeResult;
import dev.wta.eval.probe.SoftmaxRegression;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.Features;
import dev.wta.models.storage.FeatureFile;
import dev.wta.models.storage.FeatureStorage;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Probes features by a linear classifier: the classifier is fitted to labelled training samples,
 * and its error is measured on test samples. Each data set is read and encoded once; the sparsity
 * of the test samples' code is measured in the same pass.
 *
 * <pre>{@code
 * ProbeReport report = ProbeExperiment.of(LinearSvm.choosingC()).run("fc-wta", encoder, train, test);
 * ProbeRecord.keep(run, Map.of(), report);
 * }</pre>
 *
 * @param probe its listener receives the progress of the whole experiment
 * @param fewLabels the probes with fewer labels, if any
 * @param storage where the features of each data set are kept
 */
public record ProbeExperiment(
    LinearProbe probe, Optional<FewLabels> fewLabels, FeatureStorage storage) {

  /** An experiment whose features are kept as {@link FeatureStorage#standard} says. */
  public ProbeExperiment(LinearProbe probe, Optional<FewLabels> fewLabels) {
    this(probe, fewLabels, FeatureStorage.standard());
  }

  /** A probe with all labels, and with no fewer. */
  public static ProbeExperiment of(LinearProbe probe) {
    return new ProbeExperiment(probe, Optional.empty());
  }

  /**
   * Judges what an encoder makes of samples.
   *
   * @param name of what is judged, for people
   * @throws dev.wta.api.WtaException if the data sets' shapes are not the encoder's, they have no
   *     labels or too few, or their classes differ
   */
  public ProbeReport run(String name, FeatureExtractor encoder, Dataset train, Dataset test) {
    return run(name, encoder, train, test, Optional.empty());
  }

  /**
   * As {@link #run(String, FeatureExtractor, Dataset, Dataset)}.
   *
   * @param targets what a transcoder is to make of the test samples: what it explains of their
   *     variance is measured with them alone
   */
  public ProbeReport run(
      String name,
      FeatureExtractor encoder,
      Dataset train,
      Dataset test,
      Optional<Dataset> targets) {
    if (encoder.target().isPresent() && targets.isEmpty()) {
      probe
          .options()
          .listener()
          .noted("no explained variance: the test samples' targets were not given (--target)");
    }
    SparsityMeter meter = SparsityMeter.of(encoder);
    return run(
        new Source(
            name,
            false,
            () -> encoder.encode(train, storage),
            () -> Features.of(encoder, test, targets, storage, meter::add),
            () -> Optional.of(meter.metrics())),
        train,
        test,
        targets);
  }

  /**
   * Judges the samples themselves, scaled as {@link Features#ofSamples} does: what learnt features
   * have to beat.
   *
   * @throws dev.wta.api.WtaException if they have no labels or too few, or their classes differ
   */
  public ProbeReport runOnSamples(Backend backend, Dataset train, Dataset test) {
    return run(
        new Source(
            "raw samples",
            true,
            () -> Features.ofSamples(backend, train, storage),
            () -> Features.ofSamples(backend, test, storage),
            Optional::empty),
        train,
        test,
        Optional.empty());
  }

  /** Where features come from; the sparsity is asked for after the test samples' features. */
  private record Source(
      String name,
      boolean raw,
      Supplier<Features> train,
      Supplier<Features> test,
      Supplier<Optional<SparsityMetrics>> sparsity) {}

  private ProbeReport run(Source source, Dataset train, Dataset test, Optional<Dataset> targets) {
    ProgressListener listener = probe.options().listener();
    ProbeLabels labels = ProbeLabels.of(train, test);
    labels.notes().forEach(listener::noted);
    fewLabels.ifPresent(few -> few.requireEnough(labels.train())); // before the work
    fewLabels.ifPresent(few -> few.shortages(labels.train()).forEach(listener::noted));
    listener.noted("encoding %,d + %,d samples".formatted(train.size(), test.size()));
    long start = System.nanoTime();
    try (Features trainFeatures = source.train().get();
        Features testFeatures = source.test().get()) {
      double seconds = (System.nanoTime() - start) / 1e9;
      trainFeatures.file().ifPresent(file -> listener.noted(inFile(file)));
      listener.noted(
          "fitting a linear %s to %,d features".formatted(kind(), trainFeatures.width()));
      ProbeResult result =
          ProbeResult.of(probe, trainFeatures, labels.train(), testFeatures, labels.test());
      List<FewLabelsResult> fewer = List.of();
      if (fewLabels.isPresent()) {
        listener.noted("fitting it to fewer labels");
        fewer =
            fewLabels
                .get()
                .run(trainFeatures, labels.train(), testFeatures, labels.test(), () -> result);
      }
      trainFeatures.file().ifPresent(file -> listener.noted(file.traffic()));
      return new ProbeReport(
          source.name(),
          result,
          test.size(),
          source.sparsity().get(),
          seconds,
          fewer,
          ProbeReport.provenance(source.name(), source.raw(), probe, train, test, targets, labels));
    }
  }

  private String inFile(FeatureFile file) {
    return "%,d x %,d features are more than stays in memory (%,d MiB): they are in a file"
        .formatted(file.samples(), file.width(), storage.memory() >> 20);
  }

  private String kind() {
    return switch (probe) {
      case LinearSvm _ -> "SVM";
      case SoftmaxRegression _ -> "softmax classifier";
    };
  }
}
