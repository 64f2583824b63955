package dev.wta.cli.sweep;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.cli.terminal.Console;
import dev.wta.cli.terminal.Counted;
import dev.wta.cli.terminal.ProgressDisplay;
import dev.wta.cli.terminal.StageDisplay;
import dev.wta.data.Dataset;
import dev.wta.data.RandomPatches;
import dev.wta.eval.SparsityFrontier;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.ModelFamily;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.run.RunWriter;
import dev.wta.models.training.RunSettings;
import dev.wta.models.training.Sweep;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingEstimate;
import dev.wta.models.training.TrainingSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The models of a sweep, their training and its results. Owns the models. */
final class SweepTraining implements AutoCloseable {
  /** So many training samples are measured where none are given to validate by. */
  private static final int MOST_MEASURED = 10_000;

  private final ModelFamily family;
  private final List<SweepFile.Entry> runs;
  private final List<RunSettings> settings;
  private final List<FeatureExtractor> models = new ArrayList<>();
  private final List<Trainer> trainers = new ArrayList<>();
  private final Sweep sweep;

  /**
   * Makes the models.
   *
   * @param backends the models are divided among these
   * @param prepared gives a trainer its data, and what they begin with
   */
  SweepTraining(
      ModelFamily family,
      List<SweepFile.Entry> runs,
      Dataset samples,
      List<Backend> backends,
      Consumer<Trainer> prepared) {
    this.family = family;
    this.runs = runs;
    settings = runs.stream().map(run -> settingsOf(family, run)).toList();
    try {
      for (int i = 0; i < runs.size(); i++) {
        TrainingSettings training = settings.get(i).training();
        FeatureExtractor model =
            family.create(
                settings.get(i).model(),
                training.sampleShape(samples),
                backends.get(i % backends.size()),
                Seed.of(training.seed()));
        models.add(model);
        Trainer trainer = Trainer.of(model);
        prepared.accept(trainer);
        trainers.add(trainer.settings(training));
      }
      sweep = Sweep.of(trainers);
    } catch (RuntimeException failed) {
      close();
      throw failed;
    }
  }

  private static RunSettings settingsOf(ModelFamily family, SweepFile.Entry run) {
    Map<String, Object> all = new LinkedHashMap<>(run.model());
    all.putAll(run.training());
    return RunSettings.spec(family).parse(all);
  }

  /** What it would take. */
  TrainingEstimate estimate(Path out, Console screen) {
    try (StageDisplay display = new StageDisplay(screen)) {
      trainers.forEach(trainer -> trainer.listen(display.ofPreparations()));
      if (out != null) {
        place(out);
      }
      return sweep.estimate();
    }
  }

  private void place(Path out) {
    for (int i = 0; i < runs.size(); i++) {
      trainers.get(i).to(out.resolve(runs.get(i).name()));
    }
  }

  /** Asks all trainings to finish their step, save and return. From any thread. */
  void requestStop() {
    sweep.requestStop();
  }

  /**
   * Trains to the end, or until {@link #requestStop}.
   *
   * @param resume resumes those runs that were started
   */
  List<Sweep.Outcome> train(Path out, boolean resume, String data, Console screen) {
    place(out);
    for (int i = 0; i < runs.size(); i++) {
      trainers.get(i).resume(resume && RunDirectory.holdsRun(out.resolve(runs.get(i).name())));
    }
    screen.note(
        "training %s of %s on one reading of %s"
            .formatted(Counted.of(runs.size(), "model"), family.name(), data));
    runs.forEach(run -> screen.note("  run       %s".formatted(out.resolve(run.name()))));
    try (ProgressDisplay display = new ProgressDisplay(screen)) {
      SweepProgress progress = new SweepProgress(display, screen);
      trainers.forEach(trainer -> trainer.listen(progress));
      return sweep.train();
    }
  }

  /**
   * L0 and explained variance of each model that was trained to its end.
   *
   * @param samples what they are measured on
   */
  List<Optional<SparsityFrontier.Point>> measure(
      List<Sweep.Outcome> outcomes, Dataset samples, Optional<Dataset> targets, Console screen) {
    List<Optional<SparsityFrontier.Point>> points = new ArrayList<>();
    try (StageDisplay display = new StageDisplay(screen)) {
      for (int i = 0; i < runs.size(); i++) {
        display.progressed("measuring models", i, runs.size());
        points.add(
            outcomes.get(i).result().isEmpty()
                ? Optional.empty()
                : SparsityFrontier.measure(
                    seriesOf(runs.get(i)), models.get(i), measured(samples, i), targets));
      }
    }
    return points;
  }

  /** The samples as the model takes them: patches of pictures, where it learnt from such. */
  private Dataset measured(Dataset samples, int number) {
    TrainingSettings training = settings.get(number).training();
    return training.patch().isEmpty()
        ? samples
        : RandomPatches.of(
            samples, training.patch().get(), 1, training.seedOfOrder().stream("sweep"));
  }

  /** The models that differ in the first swept setting alone. */
  private static String seriesOf(SweepFile.Entry run) {
    return run.values().entrySet().stream()
        .skip(1)
        .map(value -> value.getKey() + " " + value.getValue())
        .collect(Collectors.joining(", "));
  }

  /** Some training samples, evenly spread: as many rows of any data set of that size. */
  static Dataset some(Dataset samples) {
    int count = Math.min(samples.size(), MOST_MEASURED);
    int[] rows = new int[count];
    for (int i = 0; i < count; i++) {
      rows[i] = (int) ((long) i * samples.size() / count);
    }
    return count == samples.size() ? samples : samples.subset(rows);
  }

  /** One of the models. */
  FeatureExtractor first() {
    return models.getFirst();
  }

  /**
   * Checks, before anything is written, that new runs find room.
   *
   * @throws WtaException if there is a run already
   */
  void requireNoRuns(Path out, boolean resume) {
    if (!resume) {
      runs.forEach(run -> RunWriter.requireNoRun(out.resolve(run.name())));
    }
  }

  @Override
  public void close() {
    models.reversed().forEach(FeatureExtractor::close);
  }
}
