/**
 * Typed, documented, validated settings: the keys of configuration files, of {@code --set} and of a
 * run's config.json.
 */
package dev.wta.models.settings;
