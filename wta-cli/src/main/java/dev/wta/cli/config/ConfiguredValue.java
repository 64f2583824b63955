package dev.wta.cli.config;

/**
 * A setting as the user wrote it.
 *
 * @param key its name, perhaps misspelt
 * @param value text, the elements of a list joined by commas; or a list of maps of such values
 * @param where it was written, for messages: {@code "at line 3 of x.yaml"} or {@code "in --set"}
 */
public record ConfiguredValue(String key, Object value, String where) {}
