package dev.wta.cli.command;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.cli.option.ComputeOptions;
import dev.wta.cli.option.DataOptions;
import dev.wta.cli.option.RunArgument;
import dev.wta.cli.option.WritesInto;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.output.Output;
import dev.wta.cli.terminal.Console;
import dev.wta.cli.terminal.StageDisplay;
import dev.wta.data.Dataset;
import dev.wta.eval.ProbeExperiment;
import dev.wta.eval.ProbeRecord;
import dev.wta.eval.probe.LinearSvm;
import dev.wta.eval.report.RunReport;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.run.RunConfig;
import dev.wta.models.run.RunDirectory;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wta report}: a page that shows a run. */
@Command(
    name = "report",
    description = {
      "Writes an HTML report of a run: filters, top activating samples, reconstructions, activity,"
          + " training curves, probes and provenance.",
      "",
      "It is one HTML file that needs no network. The samples are those of --data, or the training"
          + " data if their file is still there. The probes are those that 'wta probe' has written"
          + " to the run, and a new one with --train and --test."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  wta report --run runs/first --out report",
      "  wta report --run runs/first --out report --data test.arrow",
      "  wta report --run runs/first --out report --train train.arrow \\",
      "             --test test.arrow"
    })
public final class ReportCommand implements Callable<Integer>, WritesInto {
  @ArgGroup(multiplicity = "1")
  RunArgument run;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "The folder to write index.html into.")
  Path out;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description = "The samples to show (default: the training data).")
  Path data;

  @Option(
      names = "--target",
      paramLabel = "FILE",
      description = "A transcoder's targets of the samples (default: those of the training data).")
  Path target;

  @ArgGroup(exclusive = false)
  Probe probe;

  /** A probe to be made first. */
  static final class Probe {
    @Option(
        names = "--train",
        required = true,
        paramLabel = "FILE",
        description = "Probe first: the labelled samples to fit a linear SVM to.")
    Path train;

    @Option(
        names = "--test",
        required = true,
        paramLabel = "FILE",
        description = "The labelled samples to measure its error on.")
    Path test;
  }

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Mixin DataOptions dataOptions;

  @Mixin ComputeOptions compute;

  @Inject Provider<Console> screen;

  @Override
  public Integer call() {
    if (Files.exists(out) && !Files.isDirectory(out)) {
      throw new WtaException(
          "the report cannot be written to %s, which is a file".formatted(out),
          "give a folder with --out");
    }
    if (probe != null) {
      probeFirst();
    }
    RunReport.Summary summary = write();
    if (json) {
      JsonOutput.print(toJson(summary));
    } else {
      Output.writer()
          .println(
              String.format(
                  "%s: one page of %,d KB", summary.page(), Math.ceilDiv(summary.bytes(), 1000)));
    }
    return ExitCode.OK;
  }

  @Override
  public List<String> fileNames() {
    return List.of(RunReport.PAGE);
  }

  private void probeFirst() {
    RunDirectory opened = run.open();
    try (Dataset train = dataOptions.open(probe.train);
        Dataset test = dataOptions.open(probe.test);
        Backend backend = compute.open();
        FeatureExtractor encoder = opened.load(backend);
        StageDisplay display = new StageDisplay(screen.get())) {
      String name = "%s (%s)".formatted(run, encoder.family());
      ProbeExperiment svm = ProbeExperiment.of(LinearSvm.choosingC().listen(display));
      ProbeRecord.keep(opened, Map.of(), svm.run(name, encoder, train, test));
    }
  }

  /** What leaves feature maps whole, if there are any: to see where in an image they are active. */
  private static Map<String, Object> unpooled(RunDirectory run) {
    return run.config().model().containsKey("pool") ? Map.of("pool", "none") : Map.of();
  }

  private RunReport.Summary write() {
    RunDirectory directory = run.open();
    RunConfig config = directory.config();
    try (Samples samples = samples(config);
        Samples targets = targets(config);
        Backend backend = compute.open();
        FeatureExtractor model = directory.load(backend, unpooled(directory));
        StageDisplay progress = new StageDisplay(screen.get())) {
      RunReport report = RunReport.of(directory, model).listen(progress);
      if (samples.data() != null) {
        report.data(samples.data());
        if (targets.data() != null) {
          report.target(targets.data());
        } else if (!config.target().isEmpty()) {
          screen.get().note(targets.missing() + " Give them with --target to see reconstructions.");
        }
        return report.write(out);
      }
      String why =
          "%s Give them, or other samples of shape %s, with --data to see what needs samples."
              .formatted(samples.missing(), model.sampleShape());
      screen.get().note(why);
      return report.withoutData(why).write(out);
    }
  }

  /**
   * The samples to show.
   *
   * @param data null where there are none
   * @param missing a sentence that says why there are none
   */
  private record Samples(Dataset data, String missing) implements AutoCloseable {
    static Samples of(Dataset data) {
      return new Samples(data, "");
    }

    static Samples none(String why) {
      return new Samples(null, why);
    }

    @Override
    public void close() {
      if (data != null) {
        data.close();
      }
    }
  }

  private Samples samples(RunConfig config) {
    return data == null
        ? trained(config.data(), dataOptions::open)
        : Samples.of(dataOptions.open(data));
  }

  /** A transcoder's targets: those of --target, or those of the training data. */
  private Samples targets(RunConfig config) {
    if (target != null) {
      return Samples.of(openTarget(target));
    }
    return data == null && !config.target().isEmpty()
        ? trained(config.target(), this::openTarget)
        : Samples.none("The targets of these samples were not given.");
  }

  private Dataset openTarget(Path file) {
    return dataOptions.openTarget(file, null);
  }

  /** Data that the run was trained on, if they are still where they were. */
  private static Samples trained(Map<String, Object> described, Function<Path, Dataset> opening) {
    String name = String.valueOf(described.get("name"));
    Samples found;
    try {
      Path path = Path.of(name);
      if (!Files.exists(path)) {
        return Samples.none("The training data, '%s', is not available here.".formatted(name));
      }
      found = Samples.of(opening.apply(path));
    } catch (InvalidPathException noFile) {
      return Samples.none("The training data was '%s', which is not a file.".formatted(name));
    } catch (WtaException unreadable) {
      return Samples.none("The training data cannot be read: %s.".formatted(unreadable.problem()));
    }
    if (!found.data().digest().equals(described.get("digest"))) {
      found.close();
      return Samples.none("'%s' has changed since the run was trained on it.".formatted(name));
    }
    return found;
  }

  private static Map<String, Object> toJson(RunReport.Summary summary) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("page", summary.page().toString());
    json.put("bytes", summary.bytes());
    return json;
  }
}
