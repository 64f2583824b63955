package dev.wta.models.training;

import dev.wta.models.Model;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The training that is about to start.
 *
 * @param training the training settings in force, as {@code config.json} has them
 * @param samples the number of training samples; of a stream those that are in memory at first
 * @param stepsDone the steps that an earlier part of the run has done; 0 for a new run
 * @param totalSteps the steps of the whole run; {@link Long#MAX_VALUE} if unknown, for a stream
 * @param directory where the run is kept, if anywhere
 */
public record TrainingInfo(
    Model model,
    Map<String, Object> training,
    int samples,
    int epochs,
    long stepsDone,
    long totalSteps,
    Optional<Path> directory) {}
