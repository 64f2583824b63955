package dev.wta.cli.job;

import dev.wta.models.training.RunSettings;
import java.nio.file.Path;

/**
 * What is to be trained, all of it checked as far as it can be without data.
 *
 * @param family the model's family
 * @param settings the model's and its training's
 * @param data the Arrow file to train on
 * @param out the run's folder
 * @param resume whether the run in that folder goes on
 */
public record TrainingRequest(
    String family, RunSettings settings, Path data, Path out, boolean resume) {}
