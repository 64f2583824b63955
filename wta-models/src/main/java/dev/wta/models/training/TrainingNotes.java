package dev.wta.models.training;

import dev.wta.models.settings.SettingsSpec;
import java.util.ArrayList;
import java.util.List;

/** Warnings about settings that cannot take effect in a training. */
final class TrainingNotes {
  private final TrainingPlan plan;
  private final SettingsSpec<TrainingSettings> spec;
  private final List<String> notes = new ArrayList<>();

  private TrainingNotes(TrainingPlan plan) {
    this.plan = plan;
    this.spec = TrainingSettings.ofFamily(plan.model().family());
  }

  static List<String> of(TrainingPlan plan) {
    TrainingNotes found = new TrainingNotes(plan);
    found.stream();
    found.sizes();
    found.withoutEffect();
    long steps = plan.stepsBefore() + plan.totalSteps();
    found.notes.addAll(plan.model().notes(plan.batch(), steps));
    return List.copyOf(found.notes);
  }

  private void stream() {
    if (plan.stream().isPresent()) {
      notes.add(
          "the samples are read once as they arrive, in random order through a buffer of %,d;"
                  .formatted(plan.samples().size())
              + " pre-processing is fitted to the first ones, and the run cannot be resumed");
    }
  }

  private void sizes() {
    int batch = plan.settings().batch();
    if (batch > plan.batch()) {
      notes.add(
          "'batch' is %,d, and there are %,d samples: each step takes all of them"
              .formatted(batch, plan.batch()));
    }
    int warmup = plan.settings().warmup();
    long steps = plan.stepsBefore() + plan.totalSteps();
    if (warmup > steps) {
      notes.add(
          "'warmup' is %,d steps, and training has %,d: the learning rate reaches %.2g of %s"
              .formatted(warmup, steps, plan.rate(plan.totalSteps() - 1), plan.optimizer().rate()));
    }
  }

  private void withoutEffect() {
    Object optimizer = plan.training().get("optimizer");
    if ("adam".equals(optimizer)) {
      withoutEffect("momentum", "with optimizer adam");
    } else if ("sgd".equals(optimizer)) {
      withoutEffect("beta1", "with optimizer sgd");
      withoutEffect("beta2", "with optimizer sgd");
      withoutEffect("epsilon", "with optimizer sgd");
    }
    if (plan.split().validation().isEmpty()) {
      withoutEffect("patience", "without samples that are held out");
    }
    if (plan.validationGiven()) {
      withoutEffect("held-out", "with validation data");
    }
    if (plan.settings().patch().isEmpty()) {
      withoutEffect("patches-per-picture", "without 'patch'");
    }
  }

  /** Notes a setting that somebody has set: another value than the family's. */
  private void withoutEffect(String key, String where) {
    if (!spec.value(plan.settings(), key).equals(spec.value(spec.defaults(), key))) {
      notes.add("'%s' has no effect %s".formatted(key, where));
    }
  }
}
