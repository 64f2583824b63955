package dev.wta.models.training;

import dev.wta.api.tensor.Shape;
import dev.wta.data.Batches;
import dev.wta.data.Dataset;
import dev.wta.data.PatchSize;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.optimizer.Adam;
import dev.wta.models.optimizer.Optimizer;
import dev.wta.models.optimizer.Schedule;
import dev.wta.models.optimizer.Sgd;
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.Settings;
import dev.wta.models.settings.SettingsSpec;
import java.util.List;
import java.util.Optional;

/** The settings of training, the same for every model; a family may change their defaults. */
public final class TrainingSettings {
  public static final Setting<Integer> EPOCHS =
      Setting.integer("epochs", 50, 1, 1_000_000, "passes over the training data");
  public static final Setting<Integer> BATCH =
      Setting.integer("batch", 100, 1, 1_000_000, "samples of a mini-batch");
  public static final Setting<String> OPTIMIZER =
      Setting.choice(
          "optimizer", "adam", List.of("adam", "sgd"), "what turns gradients into steps");
  public static final Setting<Double> RATE =
      Setting.realAbove("rate", 1e-3, 0, 1e3, "learning rate, before the schedule");
  public static final Setting<Double> MOMENTUM =
      Setting.real("momentum", 0.9, 0, 0.9999, "momentum of sgd");
  public static final Setting<Double> BETA1 =
      Setting.real("beta1", 0.9, 0, 0.9999, "decay of adam's mean of gradients");
  public static final Setting<Double> BETA2 =
      Setting.real("beta2", 0.999, 0, 0.999999, "decay of adam's mean of squared gradients");
  public static final Setting<Double> EPSILON =
      Setting.realAbove(
          "epsilon", 1e-8, 0, 1, "what adam adds to the root of the squared gradients");
  public static final Setting<Double> DECAY =
      Setting.real("decay", 0, 0, 1, "weight decay; never of biases");
  public static final Setting<Double> CLIP =
      Setting.real(
          "clip",
          0,
          0,
          1e9,
          "length that all gradients of a step together are shortened to; 0: none are");
  public static final Setting<String> SCHEDULE =
      Setting.text(
          "schedule",
          "one of " + String.join(", ", Schedule.NAMES),
          "constant",
          text -> Schedule.named(text.strip()).name(),
          name -> name,
          "how the learning rate falls over the run; plateau: by a tenth after each epoch that"
              + " lowers the loss by less than a hundredth; inverse(d): divided by 1 + d * steps");
  public static final Setting<List<String>> PREPROCESS =
      Setting.words(
          "preprocess",
          "steps such as scale, center, mean-norm, l2, standardise(10), lcn, zca(0.1)",
          List.of("scale"),
          Preprocessing::requireKnown,
          "what samples go through first: scale brings bytes to [0, 1], center subtracts the mean"
              + " sample, mean-norm divides by one number so that a sample's mean length is the"
              + " root of its inputs, l2 brings each sample to length 1, standardise to mean 0 and"
              + " deviation 1, lcn normalises local contrast, zca whitens");
  public static final Setting<Boolean> KEEP_PREPROCESSED =
      Setting.flag(
          "keep-preprocessed",
          true,
          "where pre-processing is much work (lcn, zca), do it once, into a file of the run that"
              + " training removes at its end");
  public static final Setting<Optional<PatchSize>> PATCH =
      Setting.text(
          "patch",
          "none, or a size such as 48 or 11x11",
          Optional.empty(),
          text ->
              text.strip().equals("none") ? Optional.empty() : Optional.of(PatchSize.parse(text)),
          patch -> patch.map(PatchSize::toString).orElse("none"),
          "train on random patches of this size, new ones in each epoch, not on whole pictures");
  public static final Setting<Integer> PATCHES_PER_PICTURE =
      Setting.integer(
          "patches-per-picture", 1, 1, 1_000_000, "patches of each picture in an epoch");
  public static final Setting<Integer> WARMUP =
      Setting.integer(
          "warmup",
          0,
          0,
          Integer.MAX_VALUE,
          "steps over which the learning rate first rises; then the schedule begins");
  public static final Setting<Integer> SHUFFLE_BUFFER =
      Setting.integer(
          "shuffle-buffer",
          Batches.DEFAULT_SHUFFLE_BUFFER,
          1,
          Integer.MAX_VALUE,
          "samples that each sample is drawn among");
  public static final Setting<Integer> CHECKPOINT_EVERY =
      Setting.integer("checkpoint-every", 1000, 1, Integer.MAX_VALUE, "steps between checkpoints");
  public static final Setting<Integer> LOG_EVERY =
      Setting.integer("log-every", 100, 1, 1_000_000, "steps between lines of metrics");
  public static final Setting<Long> SEED =
      Setting.longInteger("seed", 1, "the number that all randomness comes from");

  public static final Setting<Integer> PRETRAINING =
      Setting.integer(
          "pretraining",
          0,
          0,
          1_000_000,
          "epochs of the first stage, without labels; all later ones learn them");
  public static final Setting<Integer> HELD_OUT =
      Setting.integer(
          "held-out",
          6,
          0,
          1_000_000,
          "one labelled sample in so many is held out, to choose the best epoch by; 0 for none");
  public static final Setting<Integer> PATIENCE =
      Setting.integer(
          "patience",
          50,
          1,
          1_000_000,
          "training ends early after so many epochs that were no better on samples held out");

  public static final Setting<Boolean> KEEP_FEATURES =
      Setting.flag(
          "keep-features",
          false,
          "keep the features that each layer was trained on, in the run's folder, when training is"
              + " done");

  public static final SettingsSpec SPEC =
      SettingsSpec.of(
          PREPROCESS,
          KEEP_PREPROCESSED,
          PATCH,
          PATCHES_PER_PICTURE,
          EPOCHS,
          BATCH,
          OPTIMIZER,
          RATE,
          MOMENTUM,
          BETA1,
          BETA2,
          EPSILON,
          DECAY,
          CLIP,
          SCHEDULE,
          WARMUP,
          SHUFFLE_BUFFER,
          CHECKPOINT_EVERY,
          LOG_EVERY,
          SEED);

  /** What is said of a model with a classifier besides. */
  private static final SettingsSpec OF_CLASSIFIERS =
      SettingsSpec.of(PRETRAINING, HELD_OUT, PATIENCE);

  /** What is said once about a model that is trained a layer at a time. */
  private static final SettingsSpec OF_ALL_LAYERS = SettingsSpec.of(KEEP_FEATURES, SEED);

  private TrainingSettings() {}

  /**
   * The shape of the samples that a model is trained on: the data's, or that of patches of them.
   *
   * @throws dev.wta.api.WtaException if patches of the settings' size cannot be cut from the data
   */
  public static Shape sampleShape(Settings settings, Dataset data) {
    return settings.spec().find(PATCH.name()).isPresent()
        ? TrainingSamples.of(data, settings).sampleShape()
        : data.sampleShape();
  }

  /** The settings with a family's own defaults. */
  public static SettingsSpec of(ModelFamily family) {
    if (family.trainsByLayer()) {
      return OF_ALL_LAYERS;
    }
    SettingsSpec spec = family.classifies() ? SPEC.plus(OF_CLASSIFIERS) : SPEC;
    return spec.withDefaults(family.trainingDefaults());
  }

  /**
   * The settings of a layer of several, with its family's own defaults: all but the seed, which is
   * that of all layers, and patches, whose features no layer above could have.
   */
  public static SettingsSpec ofLayer(ModelFamily family) {
    return of(family).without(SEED).without(PATCH).without(PATCHES_PER_PICTURE);
  }

  /** The settings with the defaults of the family of that name, if it is on the class path. */
  static SettingsSpec ofFamily(String family) {
    return ModelFamilies.find(family).map(TrainingSettings::of).orElse(SPEC);
  }

  static Optimizer optimizer(Settings settings) {
    double rate = settings.get(RATE);
    Optimizer chosen = settings.get(OPTIMIZER).equals("sgd") ? Sgd.rate(rate) : Adam.rate(rate);
    return chosen.completedBy(settings.toMap());
  }

  static Schedule schedule(Settings settings) {
    return Schedule.named(settings.get(SCHEDULE));
  }
}
