package dev.wta.models.training;

import dev.wta.api.WtaException;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.data.reading.MixedStream;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.optimizer.Optimizer;
import dev.wta.models.optimizer.Schedule;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.run.RunWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The arguments of a {@link Trainer}, before anything is opened or fitted.
 *
 * @param stream what is read once in place of the data, which are its first samples then
 * @param validation samples to choose the best epoch by, in place of a share of the data
 * @param validationTarget the targets of those, for a transcoder
 * @param optimizer in place of that of the settings
 * @param schedule in place of that of the settings
 * @param preprocessing in place of what the settings would fit
 * @param directory where the run is kept, if anywhere
 * @param from the run whose parameters it starts from, if any
 * @param mustStop whether a stop was requested
 */
record TrainingRequest(
    Dataset data,
    Optional<MixedStream> stream,
    Optional<Dataset> target,
    Optional<Dataset> validation,
    Optional<Dataset> validationTarget,
    TrainingSettings settings,
    Optional<Optimizer> optimizer,
    Optional<Schedule> schedule,
    Optional<Preprocessing> preprocessing,
    Optional<Path> directory,
    Optional<RunDirectory> from,
    boolean resume,
    List<TrainingListener> listeners,
    BooleanSupplier mustStop) {

  /** The same, kept nowhere, with one more listener, which says when it has seen enough. */
  TrainingRequest measuredBy(TrainingListener listener, BooleanSupplier enough) {
    List<TrainingListener> all = new ArrayList<>(listeners);
    all.add(listener);
    return new TrainingRequest(
        data,
        stream,
        target,
        validation,
        validationTarget,
        settings,
        optimizer,
        schedule,
        preprocessing,
        Optional.empty(),
        from,
        false,
        List.copyOf(all),
        () -> mustStop.getAsBoolean() || enough.getAsBoolean());
  }

  /**
   * Checks that a stream is enough for what is asked.
   *
   * @throws WtaException if a run is resumed, samples would be read again, or a schedule has to
   *     know the end
   */
  void requireOfStream() {
    if (stream.isEmpty()) {
      return;
    }
    if (resume) {
      throw RunWriter.streamGone(directory.orElseThrow());
    }
    if (target.isPresent() || settings.patch().isPresent()) {
      throw new WtaException(
          "a stream has neither targets nor patches", "give a data set, or leave these out");
    }
    if (settings.heldOut() > 0) {
      throw new WtaException(
          "no samples of a stream are held out, and 'held-out' is " + settings.heldOut(),
          "set held-out=0, and give samples to validate by");
    }
    Schedule chosen = schedule.orElse(settings.schedule());
    boolean knowsEnd = chosen.factor(1, 2) != chosen.factor(1, 1_000_000);
    if (settings.steps() == 0 && knowsEnd) {
      throw new WtaException(
          "the schedule %s depends on the number of steps, which is unknown for a stream"
              .formatted(chosen.name()),
          "set the number of steps, such as steps=10000, or set schedule=constant");
    }
  }

  /**
   * Checks that nothing is asked for that a model which is trained a layer at a time has not.
   *
   * @throws WtaException if there is a target, or parameters to begin with
   * @throws IllegalStateException if there is an optimiser, a schedule or pre-processing for all
   *     layers
   */
  void requireOfLayers(FeatureExtractor model) {
    if (stream.isPresent()) {
      throw new WtaException(
          "%s is trained a layer at a time, and a stream is read once".formatted(model.family()),
          "give a data set");
    }
    if (from.isPresent()) {
      throw new WtaException(
          "%s is trained a layer at a time, and cannot start from the parameters of %s"
              .formatted(model.family(), from.get().path()),
          "start from the run of its last layer, on features of the layers below");
    }
    if (target.isPresent()) {
      throw new WtaException(
          "%s is trained a layer at a time, and has no target".formatted(model.family()),
          "leave the target out, or take a transcoder such as topk-transcoder");
    }
    if (optimizer.isPresent() || schedule.isPresent() || preprocessing.isPresent()) {
      throw new IllegalStateException(
          "the layers of a model say how each is trained: set optimizer, schedule and preprocess in"
              + " the settings of each layer");
    }
  }
}
