package dev.wta.cli.option;

import dev.wta.api.WtaException;
import dev.wta.api.random.Seed;
import dev.wta.eval.ProbeReport;
import dev.wta.eval.probe.FewLabels;
import dev.wta.eval.probe.FewLabelsChart;
import dev.wta.eval.probe.LinearProbe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of {@code wta probe} that ask for errors with fewer labels. */
@OptionHeading("Few labels")
public final class FewLabelsOptions {
  @Option(
      names = "--labels",
      split = ",",
      paramLabel = "N",
      description =
          "Also fit the classifier to only N labelled samples, equally many of each class, and"
              + " choose C on them; several as 300,600,1000.")
  List<Integer> labels = List.of();

  @Option(
      names = "--repeats",
      paramLabel = "N",
      defaultValue = "5",
      description =
          "With --labels: how many random choices of the samples to average over (default:"
              + " ${DEFAULT-VALUE}).")
  int repeats;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "With --labels: the random seed of the choice (default: ${DEFAULT-VALUE}).")
  long seed;

  @Option(
      names = "--plot",
      paramLabel = "FILE",
      description =
          "With --labels: plot the error against the number of labels into this SVG file.")
  Path plot;

  @Spec(Spec.Target.MIXEE)
  CommandSpec command;

  /** What was asked for of a probe; empty where no labels were named. */
  public Optional<FewLabels> of(LinearProbe probe) {
    if (repeats < 1) {
      throw wrong("--repeats is %d, and has to be at least 1".formatted(repeats));
    }
    for (int count : labels) {
      if (count < 1) {
        throw wrong("--labels has %d, and has to have numbers from 1".formatted(count));
      }
    }
    if (plot != null && labels.isEmpty()) {
      throw wrong("--plot shows what --labels finds, and there is no --labels");
    }
    if (plot != null && !plot.toString().toLowerCase(Locale.ROOT).endsWith(".svg")) {
      throw new WtaException(
          "--plot writes SVG, and %s is named otherwise".formatted(plot),
          "give a name that ends with .svg");
    }
    if (plot != null && !Files.isDirectory(plot.toAbsolutePath().getParent())) {
      throw new WtaException(
          "--plot is to write %s, and there is no such folder".formatted(plot),
          "make it first, or choose another place");
    }
    return labels.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new FewLabels(
                probe, labels.stream().distinct().sorted().toList(), repeats, Seed.of(seed)));
  }

  /** Writes the plot, if one was asked for. */
  public void writePlot(ProbeReport report) {
    if (plot != null) {
      FewLabelsChart.of(report.of(), report.fewLabels()).write(plot);
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
