package dev.wta.cli.config;

/**
 * A setting as the user wrote it.
 *
 * @param key its name, perhaps misspelt
 * @param text its value; the elements of a list are joined by commas
 * @param where it was written, for messages: {@code "at line 3 of x.yaml"} or {@code "in --set"}
 */
public record ConfiguredValue(String key, String text, String where) {}
