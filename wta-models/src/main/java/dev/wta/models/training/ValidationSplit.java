package dev.wta.models.training;

import dev.wta.api.WtaException;
import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import dev.wta.data.Dataset;
import dev.wta.models.Classifier;
import dev.wta.models.Model;
import java.util.Arrays;
import java.util.Optional;

/**
 * The split into training and validation data: validation data are held-out samples, which depend
 * on the seed and the number of samples, or separate data; a classifier's have to be labelled.
 *
 * @param validation patches of the samples held out, where training takes patches
 * @param given whether those are the caller's, and all of the data is trained on
 */
record ValidationSplit(Dataset train, Optional<Dataset> validation, boolean given) {

  /**
   * Splits data.
   *
   * @param given samples to choose the best epoch by; without them a share of the data is held out
   * @throws WtaException if the model is a classifier that these settings do not suit with this
   *     data
   */
  static ValidationSplit of(
      Model model, Dataset data, Optional<Dataset> given, TrainingSettings settings) {
    if (model instanceof Classifier classifier) {
      requireSuitable(classifier, data, settings);
    }
    if (given.isPresent()) {
      requireLabelled(model, given.get());
      return new ValidationSplit(
          data, given.map(samples -> settings.samplesOf(samples).ofEpoch(0)), true);
    }
    int oneIn = settings.heldOut();
    boolean judgeable = data.labelled() || !(model instanceof Classifier);
    int count = oneIn == 0 || !judgeable ? 0 : data.size() / oneIn;
    if (count == 0) {
      return new ValidationSplit(data, Optional.empty(), false);
    }
    int[] rows = shuffled(data.size(), settings.seedOfOrder());
    int[] held = Arrays.copyOf(rows, count);
    int[] kept = Arrays.copyOfRange(rows, count, rows.length);
    Arrays.sort(held); // neighbours in the file are read together
    Arrays.sort(kept);
    Dataset validation = settings.samplesOf(data.subset(held)).ofEpoch(0);
    return new ValidationSplit(data.subset(kept), Optional.of(validation), false);
  }

  private static void requireSuitable(Classifier model, Dataset data, TrainingSettings settings) {
    if (settings.patch().isPresent()) {
      throw new WtaException(
          "%s classifies whole samples, and no patches of them".formatted(model.family()),
          "leave out 'patch'");
    }
    int first = settings.pretraining();
    if (settings.epochs() > first) {
      if (!data.labelled()) {
        throw new WtaException(
            "%s has no labels, and %s learns them after %d epochs"
                .formatted(data.name(), model.family(), first),
            "give data that has them, or set epochs to no more than that");
      }
      model.requireClasses(data);
    }
  }

  private static void requireLabelled(Model model, Dataset given) {
    if (model instanceof Classifier classifier) {
      if (!given.labelled()) {
        throw new WtaException(
            "%s has no labels to judge a %s by".formatted(given.name(), model.family()),
            "give validation data that has them");
      }
      classifier.requireClasses(given);
    }
  }

  /** All rows in random order: Fisher and Yates's shuffle. */
  private static int[] shuffled(int size, Seed seed) {
    int[] rows = new int[size];
    Arrays.setAll(rows, i -> i);
    Philox draws = seed.stream("held-out");
    for (int i = size - 1; i > 0; i--) {
      int other = draws.below(i + 1, i);
      int row = rows[i];
      rows[i] = rows[other];
      rows[other] = row;
    }
    return rows;
  }
}
