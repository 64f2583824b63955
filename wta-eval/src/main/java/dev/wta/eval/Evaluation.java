package dev.wta.eval;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.data.synthetic.TrueActivations;
import dev.wta.eval.dictionary.Dictionary;
import dev.wta.eval.dictionary.DictionaryComparison;
import dev.wta.eval.dictionary.DictionaryMetrics;
import dev.wta.eval.dictionary.FeatureDetection;
import dev.wta.eval.dictionary.Matching;
import dev.wta.eval.dictionary.TruthComparison;
import dev.wta.eval.metrics.CodeMeter;
import dev.wta.eval.metrics.ReconstructionMeter;
import dev.wta.eval.sparse.LabelledSamples;
import dev.wta.eval.sparse.SparseProbing;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.ForwardPass;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.training.TrainingSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Evaluates an encoder by the usual metrics of sparse autoencoders: reconstruction, sparsity and
 * geometry of the dictionary; with labels also sparse probing, and optionally a comparison with
 * another run or with true features. It takes one pass over the data, and memory for a batch and
 * the latents.
 *
 * <pre>{@code
 * EvaluationReport report = Evaluation.of(run, encoder).against(other, otherEncoder).run(test);
 * EvaluationRecord.keep(run, report);
 * }</pre>
 */
public final class Evaluation {
  /** Pre-processing that changes no direction, or no direction but the mean's. */
  private static final Set<String> KEEPS_DIRECTIONS = Set.of("scale", "center", "mean-norm", "l2");

  private final RunDirectory run;
  private final FeatureExtractor encoder;
  private final Dictionary decoder;
  private Optional<Dataset> targets = Optional.empty();
  private Optional<EvaluationReport.Against> against = Optional.empty();
  private Optional<Truth> truth = Optional.empty();
  private ProgressListener listener = ProgressListener.SILENT;

  private record Truth(String name, Dictionary rows, Optional<TrueActivations> activations) {}

  private Evaluation(RunDirectory run, FeatureExtractor encoder) {
    this.run = run;
    this.encoder = encoder;
    decoder = Dictionary.ofDecoder(encoder);
  }

  /** An evaluation of a run by its last checkpoint's encoder, which stays the caller's. */
  public static Evaluation of(RunDirectory run, FeatureExtractor encoder) {
    return new Evaluation(run, encoder);
  }

  /** Reports progress to {@code listener}, and what could not be measured; to be called first. */
  public Evaluation listen(ProgressListener listener) {
    this.listener = listener;
    return this;
  }

  /** The targets of a transcoder; the caller closes them. */
  public Evaluation targets(Dataset wanted) {
    targets = Optional.of(wanted);
    return this;
  }

  /**
   * Compares the dictionary with another run's.
   *
   * @param other its encoder, needed no longer once this returns
   * @throws WtaException if their rows are not of one length
   */
  public Evaluation against(RunDirectory otherRun, FeatureExtractor other) {
    Dictionary rows = Dictionary.ofDecoder(other);
    listener.noted("comparing %,d latents with %,d".formatted(decoder.size(), rows.size()));
    noteUnmatched(rows);
    boolean shared = sharesInitialisation(otherRun, other);
    if (shared) {
      listener.noted(
          "both runs began with the same weights (family, size and seed are the same): their"
              + " dictionaries are more alike than those of different seeds");
    }
    against =
        Optional.of(
            new EvaluationReport.Against(
                otherRun.path().toString(),
                otherRun.config().family(),
                shared,
                DictionaryComparison.of(encoder.backend(), decoder, rows)));
    return this;
  }

  private boolean sharesInitialisation(RunDirectory otherRun, FeatureExtractor other) {
    Object seed = run.config().training().get(TrainingSettings.SEED);
    return seed != null
        && seed.equals(otherRun.config().training().get(TrainingSettings.SEED))
        && encoder.family().equals(other.family())
        && encoder.decoderFilters().shape().equals(other.decoderFilters().shape());
  }

  /**
   * Compares the dictionary with the features that the data was made of.
   *
   * @param name of the features, for people
   * @param rows a row a true feature, in the data's own space
   * @param activations the true features of each sample of the data; stays the caller's, and is
   *     read to its end
   * @throws WtaException if pre-processing turns directions
   */
  public Evaluation truth(String name, Dictionary rows, Optional<TrueActivations> activations) {
    turning(encoder.reconstructionPreprocessing())
        .ifPresent(
            kind -> {
              throw new WtaException(
                  "the samples of %s went through '%s', which changes directions: its decoder's rows are not directions of the data"
                      .formatted(run.path(), kind),
                  "compare a run with preprocess=none, scale, center or mean-norm");
            });
    noteUnmatched(rows);
    truth = Optional.of(new Truth(name, rows, activations));
    return this;
  }

  /** The step that makes other directions of the data's, if there is one. */
  private static Optional<String> turning(Optional<Preprocessing> preprocessing) {
    return preprocessing.stream()
        .flatMap(fitted -> kinds(fitted.describe()).stream())
        .filter(kind -> !KEEPS_DIRECTIONS.contains(kind))
        .findFirst();
  }

  private static List<String> kinds(Map<String, Object> description) {
    return description.get("steps") instanceof List<?> steps
        ? steps.stream().map(step -> String.valueOf(((Map<?, ?>) step).get("kind"))).toList()
        : List.of(String.valueOf(description.get("kind")));
  }

  private void noteUnmatched(Dictionary other) {
    if (!Matching.possible(decoder, other)) {
      listener.noted(
          "no one-to-one matching of %,d and %,d rows: it is for at most %,d in the smaller dictionary"
              .formatted(decoder.size(), other.size(), Matching.MOST_ROWS));
    }
  }

  /**
   * Measures a data set.
   *
   * @throws WtaException if its shape is not the encoder's, the targets or the true activations are
   *     not its samples', or a number is NaN or infinite
   */
  public EvaluationReport run(Dataset data) {
    encoder.requireShape(data);
    truth.flatMap(Truth::activations).ifPresent(real -> real.requireRowsOf(data));
    Map<String, Object> described = new LinkedHashMap<>();
    described.put("name", data.name());
    described.put("samples", data.size());
    described.put("digest", data.digest());
    listener.progressed("comparing the dictionary's rows", 0, 1);
    DictionaryMetrics dictionary = DictionaryMetrics.of(encoder);
    Optional<TruthComparison> known =
        truth.map(given -> TruthComparison.of(encoder.backend(), decoder, given.rows()));
    Pass pass = new Pass(data, known);
    pass.run(data);
    if (encoder.target().isPresent() && targets.isEmpty()) {
      listener.noted("no reconstruction: the samples' targets were not given (--target)");
    }
    return new EvaluationReport(
        described,
        pass.reconstructed ? Optional.of(pass.reconstructions.metrics()) : Optional.empty(),
        pass.ownUnit,
        pass.reconstructed ? pass.decoded / data.size() : Double.NaN,
        pass.codes.metrics(),
        dictionary,
        against,
        known.map(
            comparison ->
                new EvaluationReport.Truth(
                    truth.orElseThrow().name(),
                    comparison,
                    pass.detection.map(FeatureDetection::summary))),
        pass.labelled.map(some -> SparseProbing.of(encoder.backend(), some, listener)));
  }

  /** The meters of the one pass over the data. */
  private final class Pass {
    private final ReconstructionMeter reconstructions =
        new ReconstructionMeter(Math.toIntExact(encoder.reconstructionShape().size()));
    private final CodeMeter codes = CodeMeter.of(encoder);
    private final Optional<LabelledSamples> labelled;
    private final Optional<FeatureDetection> detection;
    private boolean reconstructed = true;
    private boolean ownUnit = true;
    private double decoded;

    Pass(Dataset data, Optional<TruthComparison> known) {
      int inputs = Math.toIntExact(encoder.sampleShape().size());
      labelled =
          data.labelled()
              ? Optional.of(new LabelledSamples(data, encoder.features(), inputs))
              : Optional.empty();
      detection =
          known
              .filter(_ -> truth.flatMap(Truth::activations).isPresent())
              .filter(_ -> encoder.features() % decoder.size() == 0)
              .map(
                  comparison ->
                      new FeatureDetection(
                          comparison.closest(),
                          comparison.features(),
                          encoder.features() / decoder.size()));
    }

    void run(Dataset data) {
      try (ForwardPass pass = ForwardPass.of(encoder, data).finite()) {
        targets.ifPresent(pass::towards);
        while (pass.next()) {
          add(pass);
          listener.progressed("measuring samples", pass.done(), data.size());
        }
      }
    }

    private void add(ForwardPass pass) {
      Optional<float[]> wanted = pass.targets();
      Optional<float[]> made = wanted.flatMap(_ -> pass.reconstructions());
      float[] code = pass.codes();
      int count = pass.count();
      int first = pass.done() - count;
      if (made.isPresent()) {
        Preprocessing undone = pass.targetPreprocessing();
        ownUnit = undone.irreversible().isEmpty() && !undone.costly();
        reconstructions.add(
            ownUnit ? pass.undone(wanted.orElseThrow()) : wanted.orElseThrow(),
            ownUnit ? pass.undone(made.get()) : made.get(),
            count);
        decoded += pass.decodedActive();
      } else {
        reconstructed = false;
      }
      codes.add(code, count);
      labelled.ifPresent(some -> some.add(first, code, pass.samples(), count));
      detection.ifPresent(
          meter -> {
            TrueActivations real = truth.flatMap(Truth::activations).orElseThrow();
            for (int i = 0; i < count; i++) {
              meter.add(code, i * encoder.features(), real.active(first + i));
            }
          });
    }
  }
}
