package dev.wta.bench.measure;

import java.util.function.Supplier;

/**
 * One process of a round.
 *
 * @param name what it measures
 * @param run measures it and returns the speed, as it is shown while the benchmark continues
 */
public record Task(String name, Supplier<String> run) {}
