package dev.wta.bench.measure;

import dev.wta.api.WtaException;
import dev.wta.bench.machine.FmaPeak;
import dev.wta.bench.result.BenchmarkSpec;
import dev.wta.bench.result.Cost;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs a measurement's benchmark by JMH. */
public final class JmhFork implements Fork {
  private static final int WARM_UPS = 4;
  private static final int ITERATIONS = 5;

  /** Iterations of a benchmark whose calls take longer than an iteration would. */
  private static final int LENGTHY_WARM_UPS = 1;

  private static final int LENGTHY_ITERATIONS = 2;

  /** Options of this JVM that say something of this process alone. */
  private static final List<String> OWN_OPTIONS = List.of("-XX:AOT", "-Dwta.stderr", "-agentlib:");

  private static final String REMARK = "WARNING: Using incubator modules";

  private final MeasurementTime pace;

  public JmhFork(MeasurementTime pace) {
    this.pace = pace;
  }

  @Override
  public Measured run(BenchmarkSpec measurement, int callers) {
    // Without the lock, a run that was killed does not block the next one.
    System.setProperty("jmh.ignoreLock", "true");
    try {
      // JMH passes on what a fork says, to standard output if it may: that belongs to the results.
      OutputFormat toPeople =
          OutputFormatFactory.createFormatInstance(withoutRemarks(System.err), VerboseMode.SILENT);
      return measured(new Runner(options(measurement, callers), toPeople).runSingle());
    } catch (RunnerException failure) {
      throw new WtaException(
          "measuring %s failed: %s".formatted(measurement.name(), failure.getMessage()),
          "run it with --verbose to see why",
          failure);
    }
  }

  private Options options(BenchmarkSpec measurement, int callers) {
    int warmUps = measurement.lengthy() ? LENGTHY_WARM_UPS : WARM_UPS;
    int iterations = measurement.lengthy() ? LENGTHY_ITERATIONS : ITERATIONS;
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + Pattern.quote(measurement.benchmark()) + "$")
            .mode(Mode.Throughput)
            .timeUnit(TimeUnit.SECONDS)
            .forks(1)
            .threads(callers)
            .warmupIterations(warmUps)
            .warmupTime(share(pace.warmedUp(measurement.warmUps()).warmUp(), warmUps))
            .measurementIterations(iterations)
            .measurementTime(share(pace.measuring(), iterations))
            .addProfiler(GCProfiler.class)
            .jvmArgs(jvmOptions(measurement))
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT);
    measurement.parameters().forEach(options::param);
    return options.build();
  }

  private static TimeValue share(double seconds, int iterations) {
    return TimeValue.milliseconds(Math.max(1, Math.round(1000 * seconds / iterations)));
  }

  private static Measured measured(RunResult result) {
    double calls = result.getPrimaryResult().getScore();
    Cost cost =
        new Cost(
            secondary(result, "operations") / calls,
            secondary(result, "bytes") / calls,
            secondary(result, "memoryBytes") / calls);
    return new Measured(calls, steadyHeap(result), cost);
  }

  /**
   * What a call allocates in the last iteration: before it, vectors are still boxed where the
   * compiler has not been.
   */
  private static double steadyHeap(RunResult result) {
    List<IterationResult> iterations =
        List.copyOf(result.getBenchmarkResults().iterator().next().getIterationResults());
    IterationResult last = iterations.getLast();
    Result<?> counted = last.getSecondaryResults().get("heapBytes");
    return counted != null && counted.getScore() > 0
        ? counted.getScore() / last.getPrimaryResult().getScore()
        : last.getSecondaryResults().get("gc.alloc.rate.norm").getScore();
  }

  private static double secondary(RunResult result, String name) {
    Result<?> found = result.getSecondaryResults().get(name);
    if (found == null) {
      throw new IllegalStateException(
          "%s does not report its %s".formatted(result.getParams().getBenchmark(), name));
    }
    return found.getScore();
  }

  /** {@code target} without the JVM's remark that the Vector API is incubating. */
  private static PrintStream withoutRemarks(PrintStream target) {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    OutputStream lines =
        new OutputStream() {
          @Override
          public void write(int octet) {
            line.write(octet);
            if (octet == '\n') {
              if (!line.toString(StandardCharsets.UTF_8).startsWith(REMARK)) {
                target.writeBytes(line.toByteArray());
              }
              line.reset();
            }
          }
        };
    return new PrintStream(lines, true, StandardCharsets.UTF_8);
  }

  /** This JVM's options, for the fork to run with the same, and the width of vectors if forced. */
  private static String[] jvmOptions(BenchmarkSpec measurement) {
    List<String> options = new ArrayList<>();
    for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (OWN_OPTIONS.stream().noneMatch(option::startsWith)) {
        options.add(option);
      }
    }
    measurement
        .vectorBits()
        .ifPresent(bits -> options.add("-D%s=%d".formatted(FmaPeak.WIDTH, bits)));
    return options.toArray(String[]::new);
  }
}
