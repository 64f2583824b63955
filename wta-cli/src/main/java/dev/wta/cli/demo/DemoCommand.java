package dev.wta.cli.demo;

import dev.wta.api.backend.Backend;
import dev.wta.cli.option.ComputeOptions;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.terminal.Console;
import dev.wta.cli.terminal.StageDisplay;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wta demo}: the main job on built-in data, with nothing to configure. */
@Command(
    name = "demo",
    description = {
      "Trains on built-in handwritten digits, probes the features and renders pictures.",
      "",
      "The digits are the UCI repository's \"Optical Recognition of Handwritten Digits\" (E."
          + " Alpaydin and C. Kaynak, CC BY 4.0): 1,297 to train on, 500 held out to measure the"
          + " error."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {"  wta demo", "  wta demo --out /tmp/demo --json"})
public final class DemoCommand implements Callable<Integer> {
  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "runs/demo",
      description =
          "The folder to write to, ${DEFAULT-VALUE} unless given. An earlier demo there is"
              + " replaced.")
  Path out;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Mixin ComputeOptions compute;

  @Inject Provider<Console> screen;

  @Override
  public Integer call() {
    try (Backend backend = compute.open();
        StageDisplay progress = new StageDisplay(screen.get())) {
      Optional<Demo.Summary> summary = new Demo(out, backend, progress, screen.get()).run();
      if (summary.isEmpty()) {
        return ExitCode.INTERRUPTED;
      }
      if (json) {
        JsonOutput.print(DemoSummary.toJson(summary.get()));
      } else {
        DemoSummary.print(summary.get());
      }
    }
    return ExitCode.OK;
  }
}
