/** Configuration from YAML files and {@code --set}, with the place where each value was written. */
package dev.wta.cli.config;
