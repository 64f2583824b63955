package dev.wta.models.training;

import dev.wta.models.run.metrics.Measurement;

/**
 * The report of a training step. The loss is not among it: reading it would wait for the device,
 * see {@link Measurement}.
 *
 * @param step the steps of the run done so far, from 1
 * @param totalSteps the steps of the whole run; {@link Long#MAX_VALUE} if unknown, for a stream
 * @param epoch the epoch that the step belongs to, from 0
 * @param samples the samples of this step
 * @param rate the learning rate of this step
 */
public record StepReport(long step, long totalSteps, int epoch, int samples, double rate) {}
