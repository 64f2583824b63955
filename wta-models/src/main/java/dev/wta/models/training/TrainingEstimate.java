package dev.wta.models.training;

import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.Model;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.optimizer.Optimizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The time and memory of a training, estimated from its first steps. Of a model that is trained a
 * layer at a time, all but {@code parameters} is that of its first layer.
 *
 * @param samples the samples of an epoch
 * @param totalSteps the steps of all epochs
 * @param parameters the numbers that training changes
 * @param stateBytes float32 of the parameters, of what the optimiser remembers of them, of their
 *     average and the best epoch's copy where there are these, and of a batch; a step's activations
 *     come on top
 * @param heapBytes of the JVM in use after the last step that was done, measured
 * @param preparation what came before the first step, such as fitting pre-processing, measured
 * @param timedSteps the steps that {@code secondsPerStep} is the mean of
 * @param secondsPerStep empty where there are too few steps to measure one
 * @param notes what the figures leave out, for people: sentences without a full stop
 */
public record TrainingEstimate(
    int samples,
    int epochs,
    long totalSteps,
    long parameters,
    long stateBytes,
    long heapBytes,
    Duration preparation,
    int timedSteps,
    OptionalDouble secondsPerStep,
    List<String> notes) {

  /** The steps of an epoch. */
  public long stepsPerEpoch() {
    return totalSteps / epochs;
  }

  /** The seconds of an epoch's steps; empty where none was measured. */
  public OptionalDouble secondsPerEpoch() {
    return secondsPerStep.isEmpty()
        ? secondsPerStep
        : OptionalDouble.of(secondsPerStep.getAsDouble() * stepsPerEpoch());
  }

  /**
   * What models take that are trained together, whose steps were timed together: the first one's,
   * with the parameters and memory of all.
   */
  static TrainingEstimate sum(List<TrainingEstimate> models) {
    TrainingEstimate first = models.getFirst();
    return new TrainingEstimate(
        first.samples,
        first.epochs,
        first.totalSteps,
        models.stream().mapToLong(TrainingEstimate::parameters).sum(),
        models.stream().mapToLong(TrainingEstimate::stateBytes).sum(),
        models.stream().mapToLong(TrainingEstimate::heapBytes).max().orElseThrow(),
        first.preparation,
        first.timedSteps,
        first.secondsPerStep,
        models.stream().flatMap(model -> model.notes.stream()).distinct().toList());
  }

  /** Times the first steps of a training, and then has it stop. */
  static final class Timer implements TrainingListener {
    /** Steps that the JVM compiles what it needs in, and that are not timed. */
    private static final int WARM_UP = 10;

    private static final int FEWEST = 3;
    private static final int MOST = 200;
    private static final double LONGEST_SECONDS = 3;

    private final FeatureExtractor whole;
    private final Optional<Optimizer> optimizer;
    private final boolean validated;
    private final long begun = System.nanoTime();
    private TrainingInfo info;
    private Duration preparation;
    private int steps;
    private int timed;
    private long timedFrom;
    private long timedTo;
    private long heapBytes;
    private boolean done;
    private final List<String> notes = new ArrayList<>();

    Timer(FeatureExtractor whole, Optional<Optimizer> optimizer, boolean validated) {
      this.validated = validated;
      this.whole = whole;
      this.optimizer = optimizer;
    }

    boolean done() {
      return done;
    }

    @Override
    public void layerStarted(int layer, int layers) {
      if (layers > 1) {
        notes.add(
            "the steps are those of layer 1 of %d; the others' are not measured".formatted(layers));
      }
    }

    @Override
    public void noted(String note) {
      notes.add(note);
    }

    @Override
    public void started(TrainingInfo info) {
      this.info = info;
      preparation = Duration.ofNanos(System.nanoTime() - begun);
      timedFrom = System.nanoTime();
    }

    @Override
    public void stepped(StepReport report) {
      steps++;
      long now = System.nanoTime();
      if (steps == WARM_UP || steps < WARM_UP && (now - timedFrom) * 1e-9 > LONGEST_SECONDS) {
        steps = WARM_UP; // long steps compile in one
        synchronise();
        timedFrom = System.nanoTime();
      } else if (steps > WARM_UP) {
        timed = steps - WARM_UP;
        timedTo = now;
        boolean enough = timed >= FEWEST && (now - timedFrom) * 1e-9 > LONGEST_SECONDS;
        if (enough || timed == MOST) {
          done = true;
        }
      }
      if (done || report.step() == report.totalSteps()) {
        synchronise();
        timedTo = System.nanoTime();
        done = true;
        System.gc(); // so that what is in use is what is needed
        heapBytes = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
      }
    }

    private void synchronise() {
      info.model().backend().memory().synchronise();
    }

    TrainingEstimate estimate() {
      if (info.model().preprocessing().map(Preprocessing::costly).orElse(false)) {
        notes.add("each step pre-processed its samples here, which a run may do once and keep");
      }
      return new TrainingEstimate(
          info.samples(),
          info.epochs(),
          info.totalSteps(),
          learnt(whole),
          stateBytes(),
          heapBytes,
          preparation,
          timed,
          timed < FEWEST
              ? OptionalDouble.empty()
              : OptionalDouble.of((timedTo - timedFrom) * 1e-9 / timed),
          List.copyOf(notes));
    }

    private static long learnt(FeatureExtractor model) {
      return model.parameters().stream()
          .filter(Parameter::learnt)
          .mapToLong(parameter -> parameter.value().shape().size())
          .sum();
    }

    private long stateBytes() {
      Model model = info.model();
      int remembered = optimizer.orElseGet(this::ofSettings).moments().size();
      int best = validated || number("held-out") > 0 ? 1 : 0;
      long batch = Math.min(number("batch"), info.samples()) * model.sampleShape().size();
      int average = ((Number) info.training().get("average")).doubleValue() > 0 ? 1 : 0;
      return Float.BYTES * (learnt(model) * (1 + remembered + best + average) + batch);
    }

    private Optimizer ofSettings() {
      return TrainingSettings.ofFamily(info.model().family())
          .parse(info.training())
          .chosenOptimizer();
    }

    private long number(String key) {
      return ((Number) info.training().get(key)).longValue();
    }
  }
}
