package dev.wta.reproduce;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.data.Dataset;
import dev.wta.eval.probe.FewLabels;
import dev.wta.eval.probe.FewLabelsResult;
import dev.wta.eval.probe.LabelledSubsets;
import dev.wta.eval.probe.LinearProbe;
import dev.wta.eval.probe.LinearSvm;
import dev.wta.eval.probe.ProbeOptions;
import dev.wta.eval.probe.ProbeResult;
import dev.wta.eval.scaling.FeatureScaling;
import dev.wta.models.Classifier;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.Features;
import dev.wta.models.Model;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.run.TrainingState;
import dev.wta.models.storage.FeatureStorage;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The environment of an experiment: the data at the requested scale, a backend, models trained by
 * recipes, and the linear SVM. Models are trained when they are first needed. The features of one
 * representation at a time are kept, so rows that share one should stand together in a table.
 */
public final class Laboratory implements AutoCloseable {
  private final Backend backend;
  private final ExperimentScale scale;
  private final Seed seed;
  private final Dataset train;
  private final Dataset test;
  private final RecipeRuns runs;
  private final ReproductionListener listener;
  private final StopSignal stop;
  private Optional<Encoded> encoded = Optional.empty();

  public Laboratory(
      Backend backend,
      ExperimentScale scale,
      Seed seed,
      Dataset train,
      Dataset test,
      RecipeRuns runs,
      ReproductionListener listener,
      StopSignal stop) {
    this.backend = backend;
    this.scale = scale;
    this.seed = seed;
    this.train = train;
    this.test = test;
    this.runs = runs;
    this.listener = listener;
    this.stop = stop;
  }

  /** The features of both data sets. */
  private record Encoded(Representation representation, Features train, Features test) {}

  public ExperimentScale scale() {
    return scale;
  }

  public Seed seed() {
    return seed;
  }

  public Backend backend() {
    return backend;
  }

  /** The labelled training samples at this scale. */
  public Dataset train() {
    return train;
  }

  /** The labelled test samples at this scale. */
  public Dataset test() {
    return test;
  }

  /** The finished run of a recipe. */
  public RunDirectory run(Recipe recipe) {
    return runs.of(recipe);
  }

  /**
   * The training loss of an epoch: the mean over its samples, each taken as its step saw it.
   *
   * @param epoch the number of the epoch, from 1
   * @return empty if training at this scale is over before
   */
  public Optional<Measured> lossOfEpoch(Recipe recipe, int epoch) {
    RunDirectory run = run(recipe);
    TrainingState end = run.state().orElseThrow();
    if (epoch > end.epoch()) {
      return Optional.empty();
    }
    long stepsOfEpoch = end.step() / end.epoch();
    long last = stepsOfEpoch * epoch;
    return Optional.of(
        Measured.of(
            run.readMetrics().stream()
                .filter(line -> number(line, "step") > last - stepsOfEpoch)
                .filter(line -> number(line, "step") <= last)
                .mapToDouble(line -> number(line, "loss"))
                .average()
                .orElseThrow()));
  }

  private static double number(Map<String, Object> line, String key) {
    return ((Number) line.get(key)).doubleValue();
  }

  /** Reports a message to the user. */
  public void note(String line) {
    listener.note(line);
  }

  /** The test error of a linear SVM on features learnt without labels, in per cent. */
  public Optional<Measured> error(Representation representation) {
    return Optional.of(Measured.of(100 * probe(representation).testError()));
  }

  /**
   * The test error of the classifier that a recipe's model has of its own, in per cent. The recipe
   * trains with labels.
   */
  public Optional<Measured> classifierError(Recipe recipe) {
    RunDirectory run = runs.of(recipe);
    stop.check();
    try (Model model = run.loadModel(backend)) {
      if (!(model instanceof Classifier classifier)) {
        throw new IllegalArgumentException(recipe.family() + " has no classifier of its own");
      }
      double error = classifier.error(test);
      return Optional.of(Measured.of(100 * error));
    }
  }

  /**
   * The test error of a linear SVM on the samples themselves, in per cent: what learnt features
   * have to beat.
   */
  public Optional<Measured> errorOfSamples() {
    close(); // two at a time may not fit
    stop.check();
    try (Features ofTrain = Features.ofSamples(backend, train);
        Features ofTest = Features.ofSamples(backend, test)) {
      return Optional.of(
          Measured.of(100 * probe(ofTrain, ofTest, FeatureScaling.MEAN_NORM).testError()));
    }
  }

  /** The accuracy, in per cent. */
  public Optional<Measured> accuracy(Representation representation) {
    return error(representation).map(Measured::asAccuracy);
  }

  /**
   * The test error with N labels, N/10 a class, in per cent: mean and standard deviation over
   * random subsets.
   *
   * @return empty if there are fewer training samples at this scale
   */
  public Optional<Measured> fewLabels(Representation representation, int labels, int subsets) {
    return labels > train.size()
        ? Optional.empty()
        : Optional.of(fewLabels(representation, labels, new LabelledSubsets.Random(subsets, seed)));
  }

  /**
   * The test error with the labels of the first samples of each class, in the data's order, in per
   * cent: a fixed subset, the same for everyone.
   *
   * @return empty if a class has fewer at this scale
   */
  public Optional<Measured> firstOfEachClass(Representation representation, int ofEach) {
    Map<Integer, Long> sizes =
        Arrays.stream(train.labels())
            .boxed()
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    return Collections.min(sizes.values()) < ofEach
        ? Optional.empty()
        : Optional.of(
            fewLabels(
                representation,
                ofEach * sizes.size(),
                new LabelledSubsets.First(ProbeOptions.defaults().seed())));
  }

  private Measured fewLabels(Representation representation, int labels, LabelledSubsets subsets) {
    Encoded features = encoded(representation);
    FewLabelsResult result =
        new FewLabels(svm(representation.scaling()), List.of(labels), subsets)
            .run(
                features.train(),
                train.labels(),
                features.test(),
                test.labels(),
                () -> probe(representation))
            .getFirst();
    Double std = result.std() == null ? null : Double.valueOf(100 * result.std());
    return new Measured(100 * result.mean(), std);
  }

  /** What a linear SVM that chooses C does on a representation's features. */
  public ProbeResult probe(Representation representation) {
    Encoded features = encoded(representation);
    return probe(features.train(), features.test(), representation.scaling());
  }

  private ProbeResult probe(Features ofTrain, Features ofTest, FeatureScaling scaling) {
    listener.note("fitting a linear SVM to %,d features".formatted(ofTrain.width()));
    ProbeResult result =
        ProbeResult.of(svm(scaling), ofTrain, train.labels(), ofTest, test.labels());
    ofTrain.file().ifPresent(file -> listener.note(file.traffic()));
    return result;
  }

  private LinearProbe svm(FeatureScaling scaling) {
    return LinearSvm.choosingC().scaling(scaling).listen(stop.checking(listener.probing()));
  }

  private Encoded encoded(Representation representation) {
    RunDirectory run = runs.of(representation.recipe()); // counts as used, encoded or not
    if (encoded.filter(kept -> kept.representation().equals(representation)).isEmpty()) {
      close(); // two at a time may not fit
      stop.check();
      try (FeatureExtractor encoder = run.load(backend, representation.changed())) {
        listener.note(
            "%s: encoding %,d + %,d samples"
                .formatted(representation.recipe().name(), train.size(), test.size()));
        FeatureStorage storage = FeatureStorage.standard().in(run.path());
        Features trainFeatures = encoder.encode(train, storage);
        try {
          Features testFeatures = encoder.encode(test, storage);
          encoded = Optional.of(new Encoded(representation, trainFeatures, testFeatures));
        } catch (RuntimeException failed) {
          trainFeatures.close();
          throw failed;
        }
      }
    }
    return encoded.orElseThrow();
  }

  /** Frees the features. */
  @Override
  public void close() {
    encoded.ifPresent(
        features -> {
          features.train().close();
          features.test().close();
        });
    encoded = Optional.empty();
  }
}
