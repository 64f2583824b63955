package dev.wta.bench;

import dev.wta.api.WtaException;
import dev.wta.bench.compare.BackendPeer;
import dev.wta.bench.compare.Bench;
import dev.wta.bench.compare.PeerFolder;
import dev.wta.bench.compare.PeerProgram;
import dev.wta.bench.compare.PeerRunner;
import dev.wta.bench.measure.BenchmarkTable;
import dev.wta.bench.measure.ChildProcesses;
import dev.wta.bench.measure.Fork;
import dev.wta.bench.measure.JmhFork;
import dev.wta.bench.measure.KernelBenchmarks;
import dev.wta.bench.measure.MeasurementTime;
import dev.wta.bench.output.BenchJson;
import dev.wta.bench.output.BenchProgress;
import dev.wta.bench.output.BenchTable;
import dev.wta.bench.output.KernelTable;
import dev.wta.bench.result.BenchmarkSpec;
import dev.wta.bench.result.Processor;
import dev.wta.bench.result.Report;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.output.Output;
import dev.wta.cli.terminal.Console;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code wta bench}: how fast this machine runs the workloads, beside what it could do at most. */
@Command(
    name = "bench",
    description =
        "Measures how fast this machine runs the main workloads, how close that is to what it"
            + " could do at most, and how fast other frameworks are.",
    subcommands = BenchEncoderCommand.class,
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  wta bench                                 the table, which takes some minutes",
      "  wta bench --workload fc-wta-step --quick  one training step, roughly",
      "  wta bench --workload gemm,encode --forks 3 --json",
      "  wta bench --peers                         beside the other frameworks, in a checkout"
          + " that has built them",
      "  wta bench --peers=python --python .venv/bin/python",
      "                                            beside the PyTorch of that Python",
      "  wta bench --backend cpu,cuda              the same on two backends, side by side",
      "  wta bench --kernels Gemm                  single operations whose names contain that",
      "  wta bench encoder                         requests to one encoder from many threads"
    })
public final class BenchCommand implements Callable<Integer> {
  private static final String VECTORS = "jdk.incubator.vector";

  @Option(
      names = "--workload",
      split = ",",
      paramLabel = "NAME",
      description = "What to measure; several with commas. Default: the table's workloads.")
  List<String> names = List.of();

  @Option(names = "--list", description = "List the workloads, and measure nothing.")
  boolean list;

  @Option(
      names = "--kernels",
      arity = "0..1",
      paramLabel = "PATTERN",
      fallbackValue = "",
      description =
          "Measure single operations instead: those with a match of this regular expression in"
              + " their names.")
  String kernels;

  @Option(
      names = "--backend",
      split = ",",
      paramLabel = "NAME",
      description =
          "The backend to measure; with several, the others have columns beside the first."
              + " Default: cpu.")
  List<String> backends = List.of("cpu");

  @Option(
      names = "--peers",
      arity = "0..1",
      split = ",",
      paramLabel = "NAME",
      fallbackValue = "",
      description =
          "Measure the other frameworks as well, alternately with wta: those of these names, or"
              + " all. Those in Java need to be built: see docs/peers.md.")
  List<String> peers;

  @Option(
      names = "--python",
      paramLabel = "PATH",
      description =
          "The Python whose PyTorch, and SAELens where it has that, take part in --peers. Default:"
              + " what the environment names as WTA_PYTHON.")
  Path python;

  @Option(
      names = "--forks",
      paramLabel = "N",
      description = "Processes to measure each in; their median counts. Default: ${DEFAULT-VALUE}.")
  int forks = 5;

  @Option(
      names = "--quick",
      description = "One process each, and a short one: a rough answer in little time.")
  boolean quick;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads to give wta and the others. Default: one for each processor.")
  int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Inject Provider<Console> screen;

  @Override
  public Integer call() {
    if (list) {
      Output.writer().print(BenchmarkTable.list());
      return ExitCode.OK;
    }
    requireSense();
    MeasurementTime pace = MeasurementTime.chosen(quick);
    Fork fork = new JmhFork(pace);
    List<BackendPeer> ours = BackendPeer.named(backends, fork);
    List<BenchmarkSpec> chosen =
        (kernels == null ? BenchmarkTable.named(names) : KernelBenchmarks.matching(kernels))
            .stream()
                .map(measurement -> measurement.with(BackendPeer.PARAMETER, ours.getFirst().name()))
                .toList();
    List<PeerRunner> others = new ArrayList<>(ours.subList(1, ours.size()));
    others.addAll(peers == null ? List.of() : frameworks());
    Report report = measure(chosen, others, pace, fork);
    Processor processor = Processor.here();
    if (json) {
      JsonOutput.print(BenchJson.document(report, processor));
    } else if (kernels == null) {
      Output.writer().print(BenchTable.text(report, processor));
    } else {
      Output.writer().print(KernelTable.text(report, processor));
    }
    Output.flush();
    report.failures().forEach(System.err::println);
    if (!report.failures().isEmpty()) {
      throw new WtaException(
          "%d of the other frameworks' processes failed".formatted(report.failures().size()),
          "see their messages above");
    }
    return ExitCode.OK;
  }

  private List<PeerProgram> frameworks() {
    Optional<Path> interpreter =
        Optional.ofNullable(python)
            .or(() -> Optional.ofNullable(System.getenv("WTA_PYTHON")).map(Path::of));
    List<String> chosen = peers.stream().filter(name -> !name.isEmpty()).toList();
    List<PeerProgram> found = PeerFolder.find().peers(chosen, interpreter);
    if (interpreter.isEmpty() && chosen.isEmpty()) {
      screen
          .get()
          .note("Python's PyTorch takes no part: no --python and no WTA_PYTHON names a Python");
    }
    return found;
  }

  private Report measure(
      List<BenchmarkSpec> chosen,
      List<? extends PeerRunner> others,
      MeasurementTime pace,
      Fork fork) {
    ChildProcesses children = ChildProcesses.guarded();
    Bench bench = new Bench(quick ? 1 : forks, threads, pace, fork, children);
    try (BenchProgress progress = new BenchProgress(screen.get())) {
      return bench.run(chosen, others, progress);
    } catch (RuntimeException failed) {
      children.stayIfEnding();
      throw failed;
    }
  }

  private void requireSense() {
    if (forks < 1 || threads < 1) {
      throw new WtaException(
          "%d forks with %d threads measure nothing".formatted(forks, threads),
          "give --forks and --threads at least 1");
    }
    if (python != null && peers == null) {
      throw new WtaException("--python is for --peers alone", "give --peers, too");
    }
    if (kernels != null && (peers != null || !names.isEmpty() || backends.size() > 1)) {
      throw new WtaException(
          "--kernels measures wta's single operations on one backend, which neither --workload nor"
              + " --peers are about",
          "give one or the other");
    }
    if (backends.isEmpty()) {
      throw new WtaException("--backend names none", "name one, such as cpu");
    }
    if (ModuleLayer.boot().findModule(VECTORS).isEmpty()) {
      throw new WtaException(
          "the JVM runs without the module " + VECTORS + ", which measures the machine's peak",
          "start java with --add-modules " + VECTORS);
    }
  }
}
