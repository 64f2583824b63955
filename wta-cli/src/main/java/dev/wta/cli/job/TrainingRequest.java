package dev.wta.cli.job;

import dev.wta.models.settings.Settings;
import java.nio.file.Path;

/**
 * What is to be trained, all of it checked as far as it can be without data.
 *
 * @param family the model's family
 * @param model the model's settings
 * @param training the training settings, the seed among them
 * @param data the Arrow file to train on
 * @param out the run's folder
 * @param resume whether the run in that folder goes on
 */
public record TrainingRequest(
    String family, Settings model, Settings training, Path data, Path out, boolean resume) {}
