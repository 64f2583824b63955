package dev.wta.models.training;

import dev.wta.models.settings.Setting;
import dev.wta.models.settings.Settings;
import java.util.ArrayList;
import java.util.List;

/** What of a training's settings does not do what it says, for people. */
final class TrainingNotes {
  private final TrainingPlan plan;
  private final List<String> notes = new ArrayList<>();

  private TrainingNotes(TrainingPlan plan) {
    this.plan = plan;
  }

  static List<String> of(TrainingPlan plan) {
    TrainingNotes found = new TrainingNotes(plan);
    found.sizes();
    found.withoutEffect();
    found.notes.addAll(plan.model().notes(plan.batch(), plan.totalSteps()));
    return List.copyOf(found.notes);
  }

  private void sizes() {
    int batch = plan.get(TrainingSettings.BATCH);
    if (batch > plan.batch()) {
      notes.add(
          "'batch' is %,d, and there are %,d samples: each step takes all of them"
              .formatted(batch, plan.batch()));
    }
    int warmup = plan.get(TrainingSettings.WARMUP);
    if (warmup > plan.totalSteps()) {
      notes.add(
          "'warmup' is %,d steps, and training has %,d: the learning rate reaches %.2g of %s"
              .formatted(
                  warmup,
                  plan.totalSteps(),
                  plan.rate(plan.totalSteps() - 1),
                  plan.optimizer().rate()));
    }
  }

  private void withoutEffect() {
    Object optimizer = plan.training().get(TrainingSettings.OPTIMIZER.name());
    if ("adam".equals(optimizer)) {
      withoutEffect(TrainingSettings.MOMENTUM, "with optimizer adam");
    } else if ("sgd".equals(optimizer)) {
      withoutEffect(TrainingSettings.BETA1, "with optimizer sgd");
      withoutEffect(TrainingSettings.BETA2, "with optimizer sgd");
      withoutEffect(TrainingSettings.EPSILON, "with optimizer sgd");
    }
    if (plan.get(TrainingSettings.PATCH).isEmpty()) {
      withoutEffect(TrainingSettings.PATCHES_PER_PICTURE, "without 'patch'");
    }
  }

  /** Notes a setting that somebody has set: another value than the family's. */
  private void withoutEffect(Setting<?> setting, String where) {
    Settings defaults = TrainingSettings.ofFamily(plan.model().family()).defaults();
    if (!plan.get(setting).equals(defaults.get(setting))) {
      notes.add("'%s' has no effect %s".formatted(setting.name(), where));
    }
  }
}
