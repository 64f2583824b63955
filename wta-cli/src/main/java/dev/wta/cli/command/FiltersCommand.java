package dev.wta.cli.command;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.cli.option.ComputeOptions;
import dev.wta.cli.option.RunArgument;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.output.Output;
import dev.wta.cli.terminal.Console;
import dev.wta.cli.terminal.StageDisplay;
import dev.wta.eval.image.FilterGrid;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.run.RunDirectory;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code wta filters}: a picture of what the units have learnt. */
@Command(
    name = "filters",
    description = {
      "Renders a run's decoder filters, largest first, as PNG.",
      "",
      "Each filter is scaled to its own range, with zero as grey. Filters of a stacked model's"
          + " upper layers are decoded through the layers below."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  wta filters --run runs/first --out filters.png",
      "  wta filters --run runs/first --out filters.png --units 100",
      "  wta filters --run runs/stack --out first.png --layer 1"
    })
public final class FiltersCommand implements Callable<Integer> {
  @ArgGroup(multiplicity = "1")
  RunArgument run;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The PNG file to write.")
  Path out;

  @Option(
      names = "--units",
      paramLabel = "N",
      defaultValue = "400",
      description = "The largest number of units to show (default: ${DEFAULT-VALUE}).")
  int units;

  @Option(
      names = "--layer",
      paramLabel = "N",
      description = "The layer of a stacked model, from 1 (default: the last).")
  Integer layer;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Mixin ComputeOptions compute;

  @Inject Provider<Console> screen;

  @Spec CommandSpec spec;

  @Override
  public Integer call() {
    if (units < 1) {
      throw new ParameterException(
          spec.commandLine(), "--units is %d, and has to be at least 1".formatted(units));
    }
    if (!out.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
      throw new WtaException(
          "--out writes PNG, and %s is named otherwise".formatted(out),
          "give a name that ends with .png");
    }
    RunDirectory directory = run.open();
    int there;
    try (Backend backend = compute.open();
        StageDisplay display = new StageDisplay(screen.get());
        FeatureExtractor encoder = directory.load(backend, display)) {
      there = write(encoder, display);
    }
    int rendered = Math.min(units, there);
    if (json) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("out", out.toString());
      document.put("drawn", rendered);
      document.put("units", there);
      JsonOutput.print(document);
    } else {
      Output.writer().println(String.format("%s: %,d of %,d units", out, rendered, there));
    }
    return ExitCode.OK;
  }

  /** Writes the picture, and returns how many units there are. */
  private int write(FeatureExtractor encoder, ProgressListener listener) {
    if (layer == null) {
      return write(encoder, encoder.decoderFilters(), encoder.filterShape(), listener);
    }
    int layers = encoder.layers().size();
    if (layer < 1 || layer > layers) {
      throw new WtaException(
          "there is no layer %d in a model of %s"
              .formatted(layer, layers == 0 ? encoder.family() : layers + " layers"),
          layers == 0 ? "leave out --layer" : "give --layer a number from 1 to " + layers);
    }
    try (Tensor filters = encoder.layerFilters(layer)) {
      return write(encoder, filters, filters.shape().row(), listener);
    }
  }

  private int write(
      FeatureExtractor encoder, Tensor filters, Shape shape, ProgressListener listener) {
    return FilterGrid.of(shape)
        .most(units)
        .writeLargest(out, encoder.backend().memory().download(filters), listener);
  }
}
