package dev.wta.cli.terminal;

import dev.wta.models.Model;
import dev.wta.models.training.TrainingInfo;
import dev.wta.models.training.TrainingListener;
import dev.wta.models.training.TrainingSettings;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/** Says what is trained on what, and where the run goes, once all of it is known to be possible. */
final class Announcement implements TrainingListener {
  private final Console screen;
  private String data;
  private final Set<String> noted = new HashSet<>();
  private String part = "";

  Announcement(Console screen, String data) {
    this.screen = screen;
    this.data = data;
  }

  @Override
  public void layerStarted(int layer, int layers) {
    part = "layer %d of %d: ".formatted(layer, layers);
    if (layer > 1) {
      data = "the features of layer " + (layer - 1);
    }
  }

  @Override
  public void started(TrainingInfo info) {
    Model model = info.model();
    screen.note(
        "%straining %s on %s: %,d %s of %s"
            .formatted(
                part,
                model.family(),
                data,
                info.samples(),
                info.training().getOrDefault(TrainingSettings.PATCH, "none").equals("none")
                    ? "samples"
                    : "random patches",
                model.sampleShape()));
    String settings =
        model.settings().toMap().entrySet().stream()
            .map(setting -> setting.getKey() + " " + setting.getValue())
            .collect(Collectors.joining(", "));
    screen.note("  model     " + settings);
    screen.note(
        "  training  %s, %s of %s; %s at %s, %s; seed %s"
            .formatted(
                Counted.of(info.epochs(), "epoch"),
                info.totalSteps() == Long.MAX_VALUE
                    ? "as many steps as there are"
                    : Counted.of(info.totalSteps(), "step"),
                info.training().get("batch"),
                info.training().get("optimizer"),
                info.training().get("rate"),
                info.training().get("schedule"),
                info.training().get("seed")));
    info.directory()
        .ifPresent(run -> screen.note("  run       %s (Ctrl-C saves it)".formatted(run)));
    if (info.stepsDone() > 0) {
      screen.note("resuming from step %,d".formatted(info.stepsDone()));
    }
  }

  /** Once, also where it is so of each layer. */
  @Override
  public void noted(String note) {
    if (noted.add(note)) {
      screen.note("note: %s%s".formatted(part, note));
    }
  }
}
