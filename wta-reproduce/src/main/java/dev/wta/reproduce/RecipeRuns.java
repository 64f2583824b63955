package dev.wta.reproduce;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingListener;
import dev.wta.models.training.TrainingResult;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The runs of recipes, each trained when it is first needed, or resumed if an earlier process was
 * stopped or killed. The wall time of training is kept beside them, over all processes.
 */
public final class RecipeRuns {
  private static final String SECONDS = "seconds";
  private static final String FINISHED = "finished";

  private final Backend backend;
  private final ExperimentScale scale;
  private final Seed seed;
  private final Dataset train;
  private final Path folder;
  private final ReproductionListener listener;
  private final StopSignal stop;
  private final Clock clock;
  private final Set<String> used = new LinkedHashSet<>();
  private double secondsTrainedHere;

  public RecipeRuns(
      Backend backend,
      ExperimentScale scale,
      Seed seed,
      Dataset train,
      Path folder,
      ReproductionListener listener,
      StopSignal stop) {
    this.backend = backend;
    this.scale = scale;
    this.seed = seed;
    this.train = train;
    this.folder = folder;
    this.listener = listener;
    this.stop = stop;
    this.clock = Clock.in(folder);
  }

  /** The run of a recipe, trained to its end. */
  RunDirectory of(Recipe recipe) {
    used.add(recipe.name());
    Path path = folder.resolve(recipe.name());
    Recipe.Filled filled = recipe.at(scale, seed);
    Progress progress = progress(folder, recipe, scale, seed);
    if (progress == Progress.OTHER_RECIPE) { // took too long to be deleted silently
      throw new WtaException(
          "%s was trained by another recipe: %s"
              .formatted(path, String.join("; ", differences(path, filled))),
          "delete that folder to have it trained again, or choose another with --out");
    }
    if (progress != Progress.TRAINED) {
      train(recipe.name(), filled, path);
    }
    return RunDirectory.open(path);
  }

  /** How far the run of a recipe has come. */
  public enum Progress {
    /** There is none. */
    NONE,
    /** It is not at its end, and can be resumed. */
    BEGUN,
    /** It is at its end. */
    TRAINED,
    /** The run of that name has other settings, and is not this recipe's. */
    OTHER_RECIPE
  }

  /** How far a recipe's run in a folder, which need not be there, has come. */
  public static Progress progress(Path folder, Recipe recipe, ExperimentScale scale, Seed seed) {
    Path path = folder.resolve(recipe.name());
    if (!RunDirectory.holdsRun(path)) {
      return Progress.NONE;
    }
    if (!differences(path, recipe.at(scale, seed)).isEmpty()) {
      return Progress.OTHER_RECIPE;
    }
    return Clock.in(folder).isFinished(recipe.name()) ? Progress.TRAINED : Progress.BEGUN;
  }

  private static List<String> differences(Path path, Recipe.Filled filled) {
    return RunDirectory.open(path)
        .config()
        .differences(filled.family().name(), filled.model(), filled.training());
  }

  /** Forgets which runs were used. */
  public void startRow() {
    used.clear();
  }

  /** How long the runs used since {@link #startRow} took to train, in seconds. */
  public double trainingSeconds() {
    return used.stream().mapToDouble(clock::seconds).sum();
  }

  /** How long this process has trained, in seconds. */
  public double secondsTrainedHere() {
    return secondsTrainedHere;
  }

  private void train(String name, Recipe.Filled recipe, Path path) {
    stop.check();
    Shape sample = recipe.settings().training().sampleShape(train);
    listener.note("%s at scale %s: training".formatted(name, scale.text()));
    Clocked clocked = new Clocked(name, RunDirectory.holdsRun(path) ? clock.seconds(name) : 0);
    long start = System.nanoTime();
    try (FeatureExtractor encoder =
        recipe.family().create(recipe.settings().model(), sample, backend, seed)) {
      Trainer trainer =
          Trainer.of(encoder)
              .data(train)
              .settings(recipe.settings().training())
              .to(path)
              .resume(RunDirectory.holdsRun(path))
              .listen(clocked);
      listener.training().forEach(trainer::listen);
      stop.watch(trainer);
      boolean finished = trainer.train().status() == TrainingResult.Status.FINISHED;
      clocked.save(finished);
      if (!finished) {
        throw new StopSignal.Stopped();
      }
    } finally {
      secondsTrainedHere += (System.nanoTime() - start) / 1e9;
    }
  }

  /**
   * How long each run of a folder took to train so far, over all processes, and whether it is at
   * its end.
   */
  public record Clock(StateFile file) {
    /** That of the runs in a folder, which need not be there. */
    public static Clock in(Path folder) {
      return new Clock(new StateFile(folder.resolve("training.json")));
    }

    /** The wall time of a run's training so far; 0 for one that was not begun. */
    public double seconds(String run) {
      return entry(run).get(SECONDS) instanceof Number seconds ? seconds.doubleValue() : 0;
    }

    public boolean isFinished(String run) {
      return Boolean.TRUE.equals(entry(run).get(FINISHED));
    }

    private Map<?, ?> entry(String run) {
      return file.read().get(run) instanceof Map<?, ?> entry ? entry : Map.of();
    }

    void save(String run, double seconds, boolean finished) {
      Map<String, Object> all = file.read();
      all.put(run, Map.of(SECONDS, seconds, FINISHED, finished));
      file.write(all);
    }
  }

  /** Adds up the time of a training, and saves it with each checkpoint. */
  private final class Clocked implements TrainingListener {
    private final String name;
    private final double before;
    private final long start = System.nanoTime();

    /**
     * @param before the seconds that the run has taken so far
     */
    Clocked(String name, double before) {
      this.name = name;
      this.before = before;
    }

    @Override
    public void checkpointed(long step) {
      save(false);
    }

    void save(boolean finished) {
      clock.save(name, before + (System.nanoTime() - start) / 1e9, finished);
    }
  }
}
