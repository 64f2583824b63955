package dev.wta.bench;

import dev.wta.api.WtaException;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs a benchmark in a JVM of its own. */
final class ForkRunner {
  private static final int WARM_UPS = 4;
  private static final int MEASUREMENTS = 5;
  private static final TimeValue ITERATION = TimeValue.milliseconds(500);
  private static final String HEAP_PER_CALL = "gc.alloc.rate.norm";

  /** Options of this JVM that say something of this process alone. */
  private static final List<String> OWN_OPTIONS = List.of("-XX:AOT", "-Dwta.stderr", "-agentlib:");

  private static final String REMARK = "WARNING: Using incubator modules";

  private ForkRunner() {}

  /**
   * What a fork measured.
   *
   * @param callsPerSecond calls of the benchmark, of all its threads
   * @param heapBytesPerCall what a call allocates on the heap
   */
  record Measured(double callsPerSecond, double heapBytesPerCall) {}

  /**
   * @param benchmark the method, with its class
   * @param threads how many threads call it at once
   */
  static Measured run(String benchmark, Map<String, String> parameters, int threads) {
    // Without the lock, a run that was killed does not bar the next one.
    System.setProperty("jmh.ignoreLock", "true");
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + Pattern.quote(benchmark) + "$")
            .mode(Mode.Throughput)
            .timeUnit(TimeUnit.SECONDS)
            .forks(1)
            .threads(threads)
            .warmupIterations(WARM_UPS)
            .warmupTime(ITERATION)
            .measurementIterations(MEASUREMENTS)
            .measurementTime(ITERATION)
            .addProfiler(GCProfiler.class)
            .jvmArgs(jvmOptions())
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT);
    parameters.forEach(options::param);
    try {
      // JMH passes on what a fork says, to standard output if it may: that belongs to the results.
      OutputFormat toPeople =
          OutputFormatFactory.createFormatInstance(withoutRemarks(System.err), VerboseMode.SILENT);
      Collection<RunResult> results = new Runner(options.build(), toPeople).run();
      RunResult result = results.iterator().next();
      Result<?> heap = result.getSecondaryResults().get(HEAP_PER_CALL);
      return new Measured(result.getPrimaryResult().getScore(), heap.getScore());
    } catch (RunnerException failure) {
      throw new WtaException(
          "the benchmark %s failed: %s".formatted(benchmark, failure.getMessage()),
          "run it with --verbose to see why",
          failure);
    }
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

  /** This JVM's options, for the fork to run with the same. */
  private static String[] jvmOptions() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> OWN_OPTIONS.stream().noneMatch(option::startsWith))
        .toArray(String[]::new);
  }
}
