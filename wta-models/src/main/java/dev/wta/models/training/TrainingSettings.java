package dev.wta.models.training;

import dev.wta.api.op.Precision;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Batches;
import dev.wta.data.Dataset;
import dev.wta.data.PatchSize;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.optimizer.Optimizer;
import dev.wta.models.optimizer.Schedule;
import dev.wta.models.optimizer.TrainingNames;
import dev.wta.models.run.RunConfig;
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.SettingType;
import dev.wta.models.settings.SettingsRecord;
import dev.wta.models.settings.SettingsSpec;
import dev.wta.models.training.samples.TrainingSamples;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The settings of training, the same for every model; a family may change their defaults. */
public record TrainingSettings(
    @Setting(
            help =
                "pre-processing of samples: scale maps bytes to [0, 1]; center subtracts the mean"
                    + " sample; mean-norm divides all samples by one number, so that their mean"
                    + " length is sqrt(inputs); l2 gives each sample length 1; standardise mean 0"
                    + " and deviation 1; lcn normalises local contrast; zca whitens",
            as = StepsText.class)
        List<String> preprocess,
    @Setting(
            help = "pre-processing of a transcoder's targets, fitted to them",
            as = StepsText.class)
        List<String> targetPreprocess,
    @Setting(
            help =
                "do slow pre-processing (lcn, zca) once, into a temporary file of the run, not in"
                    + " every epoch")
        boolean keepPreprocessed,
    @Setting(
            help =
                "train on random patches of this size, new ones in each epoch, instead of whole"
                    + " images",
            as = PatchText.class)
        Optional<PatchSize> patch,
    @Setting(help = "patches of each image per epoch", min = 1, max = 1_000_000)
        int patchesPerPicture,
    @Setting(help = "passes over the training data", min = 1, max = 1_000_000) int epochs,
    @Setting(help = "largest number of steps; 0: no limit but the epochs", min = 0) long steps,
    @Setting(help = "samples of a mini-batch", min = 1, max = 1_000_000) int batch,
    @Setting(help = "optimiser", as = OptimizerText.class) String optimizer,
    @Setting(help = "learning rate, before the schedule", above = 0, max = 1e3) double rate,
    @Setting(help = "momentum of sgd", min = 0, max = 0.9999) double momentum,
    @Setting(help = "decay of adam's mean of gradients", min = 0, max = 0.9999) double beta1,
    @Setting(help = "decay of adam's mean of squared gradients", min = 0, max = 0.999999)
        double beta2,
    @Setting(help = "adam's addend to the root of the mean squared gradients", above = 0, max = 1)
        double epsilon,
    @Setting(help = "weight decay; biases do not decay", min = 0, max = 1) double decay,
    @Setting(
            help =
                "largest norm of all gradients of a step together, to which they are clipped; 0: no"
                    + " clipping",
            min = 0,
            max = 1e9)
        double clip,
    @Setting(
            help =
                "decay per step of an exponential moving average of the parameters, which replaces"
                    + " them in model files and at the end; 0: no averaging",
            min = 0,
            max = 0.999999)
        double average,
    @Setting(
            help =
                "schedule of the learning rate; plateau lowers it by a tenth after each epoch that"
                    + " improves the loss by less than a hundredth; inverse(d) divides it by 1 + d"
                    + " * steps",
            as = ScheduleText.class)
        Schedule schedule,
    @Setting(
            help = "steps over which the learning rate rises linearly, before the schedule begins",
            min = 0,
            max = Integer.MAX_VALUE)
        int warmup,
    @Setting(
            help = "samples in the shuffle buffer, from which each next sample is taken at random",
            min = 1,
            max = Integer.MAX_VALUE)
        int shuffleBuffer,
    @Setting(
            help =
                "precision to which a step's dense products may round their operands, if the"
                    + " backend supports it; winners, sums, parameters and the optimiser's state"
                    + " stay float32")
        Precision precision,
    @Setting(help = "steps between checkpoints", min = 1, max = Integer.MAX_VALUE)
        int checkpointEvery,
    @Setting(help = "steps between lines of metrics", min = 1, max = 1_000_000) int logEvery,
    @Setting(
            help =
                "keep the features that each layer was trained on in the run's folder after"
                    + " training")
        boolean keepFeatures,
    @Setting(
            help =
                "one sample in this many is held out as validation data, which chooses the best"
                    + " epoch; 0: none",
            min = 0,
            max = 1_000_000)
        int heldOut,
    @Setting(
            help = "epochs without a lower validation error after which training ends early",
            min = 1,
            max = 1_000_000)
        int patience,
    @Setting(help = "random seed") long seed,
    @Setting(
            help =
                "random seed of the samples' order, their patches and the held-out samples, instead"
                    + " of seed",
            as = OrderSeedText.class)
        Optional<Long> orderSeed,
    @Setting(
            help = "epochs of the first stage, which does not use labels; later epochs do",
            min = 0,
            max = 1_000_000)
        int pretraining)
    implements SettingsRecord<TrainingSettings> {

  /** The settings of all families, before their own defaults. */
  public static final TrainingSettings DEFAULTS =
      new TrainingSettings(
          List.of("scale"),
          List.of("scale", "mean-norm"),
          true,
          Optional.empty(),
          1,
          50,
          0,
          100,
          "adam",
          1e-3,
          0.9,
          0.9,
          0.999,
          1e-8,
          0,
          0,
          0,
          new Schedule.Constant(),
          0,
          Batches.DEFAULT_SHUFFLE_BUFFER,
          Precision.FLOAT32,
          1000,
          100,
          false,
          0,
          50,
          1,
          Optional.empty(),
          0);

  /** Keys that a run's configuration is asked for. */
  public static final String PATCH = "patch";

  public static final String SEED = "seed";
  public static final String ORDER_SEED = "order-seed";
  public static final String PRETRAINING = "pretraining";

  private static final String KEEP_FEATURES = "keep-features";
  private static final String TARGET_PREPROCESS = "target-preprocess";

  /**
   * Keys that are set once for all layers of a stack, or not at all: no layer has patches'
   * features.
   */
  static final String[] OF_ALL_LAYERS = {SEED, ORDER_SEED, PATCH, "patches-per-picture"};

  static final class StepsText extends SettingType {
    StepsText() {
      super(
          "steps such as scale, center, mean-norm, l2, standardise(10), lcn, zca(0.1)",
          List.class,
          StepsText::parseKnown,
          steps -> steps);
    }

    private static List<String> parseKnown(Object given) {
      List<String> steps = words(given);
      Preprocessing.requireKnown(steps);
      return steps;
    }
  }

  static final class PatchText extends SettingType {
    private static final String NONE = "none";

    PatchText() {
      super(
          "none, or a size such as 48 or 11x11",
          Optional.class,
          given -> patch(given.toString().strip()),
          patch -> patch.isPresent() ? patch.get().toString() : NONE);
    }
  }

  static final class OrderSeedText extends SettingType {
    private static final String WHAT = "none, or a whole number";

    OrderSeedText() {
      super(
          WHAT,
          Optional.class,
          given -> orderSeed(given.toString().strip()),
          seed -> seed.isPresent() ? seed.get() : PatchText.NONE);
    }

    private static Optional<Long> orderSeed(String text) {
      try {
        return text.equals(PatchText.NONE) ? Optional.empty() : Optional.of(Long.valueOf(text));
      } catch (NumberFormatException wrong) {
        throw new IllegalArgumentException("%s, not '%s'".formatted(WHAT, text), wrong);
      }
    }
  }

  static final class OptimizerText extends SettingType {
    OptimizerText() {
      super(
          "one of " + String.join(", ", TrainingNames.optimizers()),
          String.class,
          given -> known(given.toString().strip()),
          text -> text);
    }

    private static String known(String text) {
      return (String) TrainingNames.optimizer(text, 1).describe().get("optimizer");
    }
  }

  static final class ScheduleText extends SettingType {
    ScheduleText() {
      super(
          "one of " + String.join(", ", TrainingNames.schedules()),
          Schedule.class,
          given -> Schedule.named(given.toString().strip()),
          Schedule::name);
    }
  }

  /** The number of passes over the training data. */
  public TrainingSettings epochs(int epochs) {
    return with("epochs", epochs);
  }

  /** The number of samples of a mini-batch. */
  public TrainingSettings batch(int samples) {
    return with("batch", samples);
  }

  /** The learning rate, before the schedule. */
  public TrainingSettings rate(double rate) {
    return with("rate", rate);
  }

  /** The steps of pre-processing, {@code "scale", "center"} for example. */
  public TrainingSettings preprocess(String... steps) {
    return with("preprocess", List.of(steps));
  }

  /** Reads a patch's size; empty for {@code none}. */
  public static Optional<PatchSize> patch(String text) {
    return text.equals(PatchText.NONE) ? Optional.empty() : Optional.of(PatchSize.parse(text));
  }

  /**
   * The shape of the samples that a model is trained on: the data's, or that of patches of them.
   *
   * @throws dev.wta.api.WtaException if patches of this size cannot be cut from the data
   */
  public Shape sampleShape(Dataset data) {
    return samplesOf(data).sampleShape();
  }

  /** What a training with these settings reads of a data set. */
  TrainingSamples samplesOf(Dataset data) {
    return new TrainingSamples(data, patch, patchesPerPicture, seedOfOrder());
  }

  /** Where the samples' order comes from, and what is cut from them and held out. */
  public Seed seedOfOrder() {
    return Seed.of(orderSeed.orElse(seed));
  }

  /** The settings that a family has, with its own defaults. */
  public static SettingsSpec<TrainingSettings> of(ModelFamily family) {
    return SettingsSpec.of(DEFAULTS)
        .without(unusedBy(family))
        .withDefaults(family.classifies() ? Map.of("held-out", 6) : Map.of())
        .withDefaults(family.trainingDefaults());
  }

  /**
   * The settings of a layer of several, with its family's own defaults: all but the seed, which is
   * that of all layers, and patches, whose features no layer above could have.
   */
  public static SettingsSpec<TrainingSettings> ofLayer(ModelFamily family) {
    return of(family).without(OF_ALL_LAYERS);
  }

  /** The settings with the defaults of the family of that name, if it is on the class path. */
  static SettingsSpec<TrainingSettings> ofFamily(String family) {
    return ModelFamilies.find(family)
        .map(TrainingSettings::of)
        .orElseGet(
            () -> SettingsSpec.of(DEFAULTS).without(PRETRAINING, KEEP_FEATURES, TARGET_PREPROCESS));
  }

  /**
   * The settings that a run was trained with; those that it does not name have their defaults.
   *
   * @throws dev.wta.api.WtaException if its family is not on the class path
   */
  static TrainingSettings ofRun(RunConfig run) {
    return of(ModelFamilies.named(run.family())).parse(run.training());
  }

  /** The keys that mean nothing in a training of that family. */
  static String[] unusedBy(ModelFamily family) {
    if (family.trainsByLayer()) {
      return SettingsSpec.of(DEFAULTS).names().stream()
          .filter(key -> !key.equals(KEEP_FEATURES) && !key.equals(SEED))
          .toArray(String[]::new);
    }
    List<String> unused = new ArrayList<>(List.of(KEEP_FEATURES));
    if (!family.classifies()) {
      unused.add(PRETRAINING);
    }
    if (!family.transcodes()) {
      unused.add(TARGET_PREPROCESS);
    }
    return unused.toArray(String[]::new);
  }

  /** The optimiser that these settings describe. */
  public Optimizer chosenOptimizer() {
    return TrainingNames.optimizer(optimizer, rate).completedBy(toMap());
  }
}
