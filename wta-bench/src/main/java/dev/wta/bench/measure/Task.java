package dev.wta.bench.measure;

import java.util.function.Supplier;

/**
 * One process of a round.
 *
 * @param name what it measures
 * @param run measures it and answers the speed, as it is shown while the bench goes on
 */
public record Task(String name, Supplier<String> run) {}
