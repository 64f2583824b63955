package dev.wta.models.training;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.Model;
import dev.wta.models.settings.SettingsSpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Trains several models on the same batches: each batch is read and pre-processed once for all of
 * them. Each model has its own run, with the same bits as if trained alone. Models on one {@link
 * Backend} alternate; on several they compute concurrently.
 *
 * <pre>{@code
 * List<Trainer> trainers = new ArrayList<>();
 * for (Model model : models) {
 *   trainers.add(Trainer.of(model).data(activations).to(folder.resolve(name(model))));
 * }
 * List<Sweep.Outcome> outcomes = Sweep.of(trainers).train();
 * }</pre>
 *
 * <p>A sweep that was stopped or killed continues from its runs' checkpoints if their trainers
 * {@link Trainer#resume}; a model whose checkpoint is newer waits for the others.
 */
public final class Sweep {
  private static final String ORDER = "all models see the samples in one order";

  /** The settings that models trained together have in common, and why. */
  private static final Map<String, String> COMMON =
      Map.of(
          "preprocess", "samples are pre-processed once for all models",
          "target-preprocess", "targets are pre-processed once for all models",
          "keep-preprocessed", "samples are pre-processed once for all models",
          "patch", "all models see the same patches",
          "patches-per-picture", "all models see the same patches",
          "batch", "each batch that is read is a step of every model",
          "shuffle-buffer", ORDER,
          "held-out", "the same samples are held out for all models");

  /** Settings that change no model, and why a sweep over them compares nothing. */
  private static final Map<String, String> WITHOUT_EFFECT =
      Map.of(
          TrainingSettings.ORDER_SEED,
          ORDER,
          "log-every",
          "it changes no model",
          "checkpoint-every",
          "it changes no model",
          "keep-features",
          "it changes no model");

  private final List<Trainer> trainers;
  private volatile boolean stopRequested;

  private Sweep(List<Trainer> trainers) {
    this.trainers = List.copyOf(trainers);
  }

  /**
   * How the training of one model ended.
   *
   * @param result empty where it failed
   * @param failure why the model could not be trained further, a divergence for example; the others
   *     continued
   */
  public record Outcome(Optional<TrainingResult> result, Optional<WtaException> failure) {

    /** Whether the training has finished. */
    boolean finished() {
      return result.filter(run -> run.status() == TrainingResult.Status.FINISHED).isPresent();
    }
  }

  /**
   * A sweep of trainers, each of another {@link Model}. Their data, target and validation data are
   * the same objects, and so are the settings that decide what is read: the batch, the shuffle
   * buffer, pre-processing, patches, the samples held out, and the seed, unless {@code order-seed}
   * is given.
   *
   * @throws IllegalArgumentException if there are none
   */
  public static Sweep of(List<Trainer> trainers) {
    if (trainers.isEmpty()) {
      throw new IllegalArgumentException("a sweep trains at least one model: give its trainer");
    }
    return new Sweep(trainers);
  }

  /**
   * Checks that models which differ in a training setting can be trained on one reading.
   *
   * @param key of a training setting; other keys are the models' own, and may differ
   * @throws WtaException that says why not
   */
  public static void requireSwept(String key) {
    Optional.ofNullable(COMMON.getOrDefault(key, WITHOUT_EFFECT.get(key)))
        .ifPresent(
            reason -> {
              throw new WtaException(
                  "'%s' cannot be swept: %s".formatted(key, reason),
                  "set it once for all, or train these models one by one");
            });
  }

  /** Asks all trainings to finish their step, save and return. From any thread. */
  public void requestStop() {
    stopRequested = true;
  }

  /**
   * Trains until every model has finished or failed, or {@link #requestStop} or a trainer's is
   * called.
   *
   * @return how each ended, in the trainers' order
   * @throws WtaException if the models do not agree in what is read, one cannot begin, or the data
   *     cannot be read; as {@link Trainer#train}, if there is one model alone
   * @throws IllegalStateException as {@link Trainer#train}
   */
  public List<Outcome> train() {
    return train(trainers.stream().map(Trainer::request).toList());
  }

  /**
   * What {@link #train} would take, by its first steps, as {@link Trainer#estimate}: a step is one
   * of every model, and parameters and memory are those of all.
   *
   * @throws IllegalStateException if a run is to be resumed
   */
  public TrainingEstimate estimate() {
    List<TrainingEstimate.Timer> timers = new ArrayList<>();
    List<TrainingRequest> requests = new ArrayList<>();
    for (Trainer trainer : trainers) {
      TrainingEstimate.Timer timer = trainer.timer();
      timers.add(timer);
      requests.add(trainer.request().measuredBy(timer, timer::done));
    }
    train(requests);
    return TrainingEstimate.sum(timers.stream().map(TrainingEstimate.Timer::estimate).toList());
  }

  private List<Outcome> train(List<TrainingRequest> requests) {
    List<WholeTraining> together = new ArrayList<>();
    Deque<Backend.Hold> taken = new ArrayDeque<>();
    try {
      for (int i = 0; i < requests.size(); i++) {
        requireSameReading(i, requests.getFirst(), requests.get(i));
        taken.push(trainers.get(i).encoder().training());
        together.add(new WholeTraining(model(i), requests.get(i)));
      }
      List<BooleanSupplier> stops =
          Stream.concat(
                  Stream.<BooleanSupplier>of(() -> stopRequested),
                  requests.stream().map(TrainingRequest::mustStop))
              .toList();
      return WholeTraining.train(
          together, () -> stops.stream().anyMatch(BooleanSupplier::getAsBoolean));
    } finally {
      taken.forEach(Backend.Hold::close);
    }
  }

  private Model model(int number) {
    FeatureExtractor encoder = trainers.get(number).encoder();
    if (encoder instanceof Model model) {
      return model;
    }
    throw new WtaException(
        "%s is trained a layer at a time, and cannot be trained with others on one reading"
            .formatted(encoder.family()),
        "train it alone");
  }

  private static void requireSameReading(
      int number, TrainingRequest first, TrainingRequest request) {
    if (!first.data().equals(request.data())
        || !first.target().equals(request.target())
        || !first.validation().equals(request.validation())
        || !first.validationTarget().equals(request.validationTarget())) {
      throw new IllegalStateException(
          "model %d has other data than model 1: give each trainer the same data sets"
              .formatted(number + 1));
    }
    SettingsSpec<TrainingSettings> spec = SettingsSpec.of(TrainingSettings.DEFAULTS);
    for (Map.Entry<String, String> common : new TreeMap<>(COMMON).entrySet()) {
      requireSame(
          number,
          common.getKey(),
          common.getValue(),
          spec.value(first.settings(), common.getKey()),
          spec.value(request.settings(), common.getKey()));
    }
    requireSame(
        number,
        "the seed of the samples' order",
        ORDER + " (give all of them one 'order-seed')",
        first.settings().seedOfOrder().value(),
        request.settings().seedOfOrder().value());
  }

  private static void requireSame(
      int number, String what, String reason, Object first, Object here) {
    if (!first.equals(here)) {
      throw new WtaException(
          "%s is %s in model 1 and %s in model %d: %s"
              .formatted(what, first, here, number + 1, reason),
          "set it once for all, or train these models one by one");
    }
  }
}
