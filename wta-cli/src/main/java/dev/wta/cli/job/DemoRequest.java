package dev.wta.cli.job;

import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.settings.Settings;
import dev.wta.models.training.TrainingSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the demo goes, and what it trains.
 *
 * @param out the folder for its run, data and pictures
 * @param training the model and its training
 */
public record DemoRequest(Path out, TrainingRequest training) {
  private static final String FAMILY = "fc-wta";

  /**
   * What suits the built-in digits. Chosen on 300 of the training digits, held out while the others
   * were trained on; the test digits had no part in it.
   */
  private static final Map<String, Object> SETTINGS =
      Map.of(
          "hidden", 1000,
          "competition", "lifetime(0.05)",
          "epochs", 200,
          "batch", 100);

  public static DemoRequest into(Path out) {
    return into(out, Map.of());
  }

  /** The same with other settings than those that suit best. */
  static DemoRequest into(Path out, Map<String, ?> changes) {
    ModelFamily family = ModelFamilies.named(FAMILY);
    Map<String, Object> values = new LinkedHashMap<>(SETTINGS);
    values.putAll(changes);
    Settings settings = family.settings().plus(TrainingSettings.of(family)).parse(values);
    DemoFolder folder = new DemoFolder(out);
    return new DemoRequest(
        out,
        new TrainingRequest(
            FAMILY,
            settings.only(family.settings()),
            settings.only(TrainingSettings.of(family)),
            folder.trainingData(),
            out,
            false));
  }
}
