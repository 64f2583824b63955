package dev.wta.cli.terminal;

import java.time.Duration;

/**
 * How far a training run is, as it is shown.
 *
 * @param epoch the epoch at work, from 1
 * @param epochs how many there will be
 * @param fraction of the whole run that is done, 0 to 1
 * @param rate samples a second, lately
 * @param loss the loss, lately; NaN before it is known
 * @param left the time that the rest will take at this rate
 */
public record Progress(
    int epoch, int epochs, double fraction, double rate, double loss, Duration left) {}
