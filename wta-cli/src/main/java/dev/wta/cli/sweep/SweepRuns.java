package dev.wta.cli.sweep;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.cli.output.EstimateSummary;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.output.Output;
import dev.wta.cli.terminal.Console;
import dev.wta.cli.terminal.Counted;
import dev.wta.cli.terminal.Interruption;
import dev.wta.data.Dataset;
import dev.wta.eval.SparsityFrontier;
import dev.wta.models.ModelFamily;
import dev.wta.models.training.RunSettings;
import dev.wta.models.training.Sweep;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingEstimate;
import dev.wta.models.training.TrainingResult;
import dev.wta.models.training.TrainingSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** The runs of {@code wta train --sweep}: which they are, and their training. */
public final class SweepRuns {
  private static final String PLOT = "sweep.svg";

  private final ModelFamily family;
  private final List<SweepFile.Entry> runs;
  private final boolean resumed;

  private SweepRuns(ModelFamily family, List<SweepFile.Entry> runs, boolean resumed) {
    this.family = family;
    this.runs = runs;
    this.resumed = resumed;
  }

  /**
   * Where the samples come from, and the notes about them.
   *
   * @param sources the files as the command that resumes the sweep has them after --data
   */
  public record Given(
      Dataset samples,
      Optional<Dataset> targets,
      Optional<Dataset> validation,
      Optional<Dataset> validationTargets,
      Path data,
      Path target,
      String sources) {

    void to(Trainer trainer) {
      trainer.data(samples);
      targets.ifPresent(trainer::target);
      if (validation.isPresent() && validationTargets.isPresent()) {
        trainer.validation(validation.get(), validationTargets.get());
      } else {
        validation.ifPresent(trainer::validation);
      }
    }
  }

  /** Whether a sweep was begun in a folder. */
  public static boolean in(Path folder) {
    return SweepFile.in(folder);
  }

  /** The family of the sweep that was begun in a folder. */
  public static String familyIn(Path folder) {
    return SweepFile.read(folder).family();
  }

  /**
   * The runs of a new sweep.
   *
   * @param configured what the settings are with these of their own
   * @throws WtaException if a setting cannot be swept
   */
  public static SweepRuns begin(
      ModelFamily family, SweepGrid grid, Function<Map<String, String>, RunSettings> configured) {
    boolean seeds = false;
    for (String key : grid.axes().keySet()) {
      String name = RunSettings.spec(family).meant(key).map(each -> each.name()).orElse(key);
      Sweep.requireSwept(name);
      seeds |= name.equals(TrainingSettings.SEED);
    }
    List<Map<String, String>> combinations = grid.combinations();
    RunSettings first = configured.apply(combinations.getFirst());
    Map<String, String> order =
        seeds && first.training().orderSeed().isEmpty()
            ? Map.of(TrainingSettings.ORDER_SEED, Long.toString(first.training().seed()))
            : Map.of();
    List<SweepFile.Entry> runs = new ArrayList<>();
    for (int i = 0; i < combinations.size(); i++) {
      Map<String, String> all = new LinkedHashMap<>(combinations.get(i));
      all.putAll(order);
      runs.add(entry(family, grid.names().get(i), combinations.get(i), configured.apply(all)));
    }
    return new SweepRuns(family, runs, false);
  }

  /**
   * The runs of a sweep that was begun in a folder.
   *
   * @param configured what a run's settings, of the model and of training, are now
   */
  public static SweepRuns resume(
      ModelFamily family,
      Path folder,
      Function<List<Map<String, Object>>, RunSettings> configured) {
    List<SweepFile.Entry> runs = new ArrayList<>();
    for (SweepFile.Entry each : SweepFile.read(folder).runs()) {
      RunSettings settings = configured.apply(List.of(each.model(), each.training()));
      runs.add(entry(family, each.name(), each.values(), settings));
    }
    return new SweepRuns(family, runs, true);
  }

  private static SweepFile.Entry entry(
      ModelFamily family, String name, Map<String, String> values, RunSettings settings) {
    return new SweepFile.Entry(
        name,
        values,
        settings.model().toMap(),
        TrainingSettings.of(family).toMap(settings.training()));
  }

  /** Says what the training would take. */
  public int estimate(
      Given given,
      List<Backend> backends,
      Consumer<Trainer> begun,
      Path out,
      boolean json,
      Console screen) {
    try (SweepTraining training = training(given, backends, begun)) {
      TrainingEstimate estimate = training.estimate(out, screen);
      String what = "%s of %s".formatted(Counted.of(runs.size(), "model"), family.name());
      if (json) {
        Map<String, Object> document = EstimateSummary.toJson(estimate, training.first());
        document.put("models", runs.size());
        JsonOutput.print(document);
      } else {
        EstimateSummary.print(
            estimate, what, training.first().sampleShape(), given.samples().name());
      }
    }
    return ExitCode.OK;
  }

  /**
   * Trains all of them on one reading, and prints their results.
   *
   * @param begun gives a trainer the run that its model starts from
   * @return the exit code
   * @throws WtaException if a model failed; the others' runs are whole
   */
  public int train(
      Given given,
      List<Backend> backends,
      Consumer<Trainer> begun,
      Path out,
      boolean json,
      Console screen) {
    if (!resumed && SweepFile.in(out)) {
      throw new WtaException(
          "%s already holds a sweep".formatted(out),
          "resume it (--resume), or choose another folder");
    }
    try (SweepTraining training = training(given, backends, begun)) {
      training.requireNoRuns(out, resumed);
      new SweepFile(family.name(), runs).write(out);
      noteOrder(screen);
      List<Sweep.Outcome> outcomes;
      try (Interruption _ = Interruption.asking(training::requestStop)) {
        outcomes = training.train(out, resumed, given.samples().name(), screen);
        if (stopped(outcomes)) {
          screen.print("");
          screen.print("stopped and saved; resume with:");
          screen.print("  wta train --resume --data %s --out %s".formatted(given.sources(), out));
          return ExitCode.INTERRUPTED;
        }
      }
      summarise(given, training, outcomes, out, json, screen);
      requireNoFailure(outcomes);
    }
    return ExitCode.OK;
  }

  private void noteOrder(Console screen) {
    Object order = runs.getFirst().training().get(TrainingSettings.ORDER_SEED);
    if (order instanceof Long seed) {
      screen.note(
          "note: all runs see the samples in the order of seed %d (order-seed=%d)"
              .formatted(seed, seed));
    }
  }

  private SweepTraining training(Given given, List<Backend> backends, Consumer<Trainer> begun) {
    return new SweepTraining(
        family,
        runs,
        given.samples(),
        backends,
        trainer -> {
          begun.accept(trainer);
          given.to(trainer);
        });
  }

  private static boolean stopped(List<Sweep.Outcome> outcomes) {
    return outcomes.stream()
        .flatMap(each -> each.result().stream())
        .anyMatch(run -> run.status() == TrainingResult.Status.STOPPED);
  }

  private void summarise(
      Given given,
      SweepTraining training,
      List<Sweep.Outcome> outcomes,
      Path out,
      boolean json,
      Console screen) {
    Dataset samples = given.validation().orElseGet(() -> SweepTraining.some(given.samples()));
    Optional<Dataset> targets =
        given.validation().isPresent()
            ? given.validationTargets()
            : given.targets().map(SweepTraining::some);
    List<Optional<SparsityFrontier.Point>> points =
        training.measure(outcomes, samples, targets, screen);
    String measuredOn =
        "%,d %s samples"
            .formatted(samples.size(), given.validation().isPresent() ? "validation" : "training");
    List<SparsityFrontier.Point> measured = points.stream().flatMap(Optional::stream).toList();
    Path plot = null;
    if (!measured.isEmpty()) {
      plot = out.resolve(PLOT);
      new SparsityFrontier(measured).chart().write(plot);
    }
    SweepSummary summary = new SweepSummary(runs, outcomes, points, measuredOn, out, plot);
    if (json) {
      summary.printJson(given.data(), given.target());
    } else {
      summary.print();
    }
    Output.flush(); // also where a model failed
  }

  private void requireNoFailure(List<Sweep.Outcome> outcomes) {
    List<String> failed = new ArrayList<>();
    for (int i = 0; i < runs.size(); i++) {
      String name = runs.get(i).name();
      outcomes.get(i).failure().ifPresent(why -> failed.add(name + ": " + why.problem()));
    }
    if (!failed.isEmpty()) {
      throw new WtaException(
          "%,d of %s failed: %s"
              .formatted(
                  failed.size(), Counted.of(runs.size(), "model"), String.join("; ", failed)),
          "the other runs are whole; leave these values out, or lower 'rate'");
    }
  }
}
