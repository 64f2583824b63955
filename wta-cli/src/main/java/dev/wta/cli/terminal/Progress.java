package dev.wta.cli.terminal;

import java.time.Duration;

/**
 * How far a training run is, as it is shown.
 *
 * @param part of the run that is shown, in front of all else; empty where the run has no parts
 * @param epoch the epoch at work, from 1
 * @param epochs how many there will be
 * @param fraction of the run, or of its part, that is done, 0 to 1; NaN where nobody knows
 * @param rate samples a second, lately
 * @param loss the loss, lately; NaN before it is known
 * @param validation the error rate on held-out samples, lately; NaN where it is not known
 * @param left the time that the rest will take at this rate
 */
public record Progress(
    String part,
    int epoch,
    int epochs,
    double fraction,
    double rate,
    double loss,
    double validation,
    Duration left) {}
