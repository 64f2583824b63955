package dev.wta.cli.output;

import dev.wta.models.ModelFamily;
import dev.wta.models.Preset;
import dev.wta.models.settings.SettingKey;
import dev.wta.models.settings.SettingsSpec;
import dev.wta.models.training.TrainingSettings;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Lists what can be configured: every key with its default, its type and what it does. */
public final class SettingKeys {
  private SettingKeys() {}

  /** Lists the kinds of model. */
  public static void printModels(List<ModelFamily> families) {
    PrintWriter out = Output.writer();
    out.println("Kinds of model, for --model:");
    families.stream()
        .sorted(Comparator.comparing(ModelFamily::name))
        .forEach(family -> out.printf("  %-22s %s%n", family.name(), family.summary()));
  }

  public static void print(ModelFamily family) {
    PrintWriter out = Output.writer();
    out.printf("Settings of %s, the %s:%n", family.name(), family.summary());
    print(out, family.settings());
    out.println();
    out.println("Settings of training:");
    print(out, TrainingSettings.of(family));
    printPresets(out, family.presets());
    out.println();
    out.println("Write them as 'key: value' in a YAML file (--config) or as --set key=value.");
  }

  private static <S extends Record> void print(PrintWriter out, SettingsSpec<S> spec) {
    Map<String, Object> defaults = spec.toMap(spec.defaults());
    for (SettingKey key : spec.list()) {
      out.printf("  %-18s %s%n", key.name(), key.help());
      out.printf("  %-18s %s; default %s%n", "", key.description(), defaults.get(key.name()));
    }
    for (SettingKey key : spec.list()) {
      key.shorthand().ifPresent(name -> out.printf("  %-18s %s%n", name, key.shorthandHelp()));
    }
  }

  private static void printPresets(PrintWriter out, List<Preset> presets) {
    if (presets.isEmpty()) {
      return;
    }
    out.println();
    out.println("Presets, for --preset:");
    presets.forEach(preset -> out.printf("  %-18s %s%n", preset.name(), preset.summary()));
  }
}
