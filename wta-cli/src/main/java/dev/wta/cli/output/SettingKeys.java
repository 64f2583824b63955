package dev.wta.cli.output;

import dev.wta.models.ModelFamily;
import dev.wta.models.Preset;
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.SettingsSpec;
import dev.wta.models.training.TrainingSettings;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;

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

  private static void print(PrintWriter out, SettingsSpec spec) {
    for (Setting<?> setting : spec.list()) {
      out.printf("  %-18s %s%n", setting.name(), setting.help());
      out.printf("  %-18s %s; default %s%n", "", setting.type(), rendered(setting));
    }
    for (SettingsSpec.Shorthand shorthand : spec.shorthands()) {
      out.printf("  %-18s %s%n", shorthand.name(), shorthand.help());
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

  private static <T> Object rendered(Setting<T> setting) {
    return setting.render(setting.defaultValue());
  }
}
