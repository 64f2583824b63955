package dev.wta.cli.training;

import dev.wta.cli.config.Configuration;
import dev.wta.cli.config.ConfiguredValue;
import dev.wta.models.ModelFamily;
import dev.wta.models.Preset;
import dev.wta.models.training.RunSettings;
import dev.wta.models.training.TrainingSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that override settings of a model and of its training. */
final class SettingsOptions {
  @Option(
      names = "--preset",
      paramLabel = "NAME",
      description = "A named set of settings to start from, such as an architecture of a paper.")
  String preset;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "A YAML file of settings, one 'key: value' per line.")
  Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting, such as epochs=20. May be repeated.")
  List<String> assignments = List.of();

  @Option(names = "--seed", paramLabel = "N", description = "The random seed (default: 1).")
  Long seed;

  /**
   * The settings of a model and of its training: the family's defaults, overridden by {@code
   * earlier}, then by the options in the order of their declaration, then by {@code swept}.
   *
   * @param earlier settings that were valid before, such as those of a run that is resumed
   * @param swept the values of one model of a sweep
   * @throws dev.wta.api.WtaException if a key is unknown or a value is not of its type
   */
  RunSettings override(
      ModelFamily family, List<Map<String, ?>> earlier, Map<String, String> swept) {
    Configuration<RunSettings> configuration =
        new Configuration<>(
            RunSettings.spec(family), "wta train --model %s --keys".formatted(family.name()));
    earlier.forEach(configuration::startFrom);
    if (preset != null) {
      configuration.startFrom(Preset.named(preset, family).settings());
    }
    if (config != null) {
      configuration.add(Configuration.readYaml(config));
    }
    configuration.add(assignments.stream().map(Configuration::readAssignment).toList());
    if (seed != null) {
      configuration.add(
          List.of(new ConfiguredValue(TrainingSettings.SEED, Long.toString(seed), "in --seed")));
    }
    return configuration
        .add(
            swept.entrySet().stream()
                .map(each -> new ConfiguredValue(each.getKey(), each.getValue(), "in --sweep"))
                .toList())
        .settings();
  }
}
