package dev.wta.cli.option;

import dev.wta.api.WtaException;
import dev.wta.api.random.Seed;
import dev.wta.eval.ProbeReport;
import dev.wta.eval.probe.FewLabels;
import dev.wta.eval.probe.FewLabelsChart;
import dev.wta.eval.probe.LabelledSubsets;
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
  private static final int DEFAULT_REPEATS = 5;

  @Option(
      names = "--labels",
      split = ",",
      paramLabel = "N",
      description =
          "Also fit the classifier to only N labelled samples, equally many of each class, and"
              + " choose C on them; several as 300,600,1000.")
  List<Integer> labels = List.of();

  @Option(
      names = "--subsets",
      paramLabel = "WHICH",
      defaultValue = "random",
      description =
          "With --labels: which samples, random ones or the first of each class in the file"
              + " (default: ${DEFAULT-VALUE}).")
  Subsets subsets;

  @Option(
      names = "--repeats",
      paramLabel = "N",
      description = "With --labels: how many random subsets to average over (default: 5).")
  Integer repeats;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "With --labels: the random seed of the subsets, and of the samples held out of them to"
              + " choose C (default: ${DEFAULT-VALUE}).")
  long seed;

  @Option(
      names = "--plot",
      paramLabel = "FILE",
      description =
          "With --labels: plot the error against the number of labels into this SVG file.")
  Path plot;

  @Spec(Spec.Target.MIXEE)
  CommandSpec command;

  /** Which labelled samples. */
  enum Subsets {
    RANDOM,
    FIRST
  }

  /** What was asked for of a probe; empty where no labels were named. */
  public Optional<FewLabels> of(LinearProbe probe) {
    if (repeats != null && repeats < 1) {
      throw wrong("--repeats is %d, and has to be at least 1".formatted(repeats));
    }
    if (repeats != null && subsets == Subsets.FIRST) {
      throw wrong("--repeats is for random subsets, and there is one of the first samples");
    }
    if (labels.isEmpty() && (repeats != null || subsets == Subsets.FIRST)) {
      String option = repeats != null ? "--repeats" : "--subsets";
      throw wrong("%s is for few labels, and there is no --labels".formatted(option));
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
            new FewLabels(probe, labels.stream().distinct().sorted().toList(), subsets()));
  }

  private LabelledSubsets subsets() {
    return switch (subsets) {
      case RANDOM ->
          new LabelledSubsets.Random(repeats == null ? DEFAULT_REPEATS : repeats, Seed.of(seed));
      case FIRST -> new LabelledSubsets.First(Seed.of(seed));
    };
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
