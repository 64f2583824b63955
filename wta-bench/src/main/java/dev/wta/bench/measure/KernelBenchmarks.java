package dev.wta.bench.measure;

import dev.wta.api.WtaException;
import dev.wta.bench.kernel.Gemm;
import dev.wta.bench.result.BenchmarkSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The benchmarks of single operations, each with each of its parameters' values. */
public final class KernelBenchmarks {
  private static final String PACKAGE = Gemm.class.getPackageName() + ".";

  /** Parameters of every kernel, which the command line chooses. */
  private static final Set<String> GIVEN = Set.of("backend", "threads");

  private KernelBenchmarks() {}

  /**
   * Those with a match of a regular expression in their name and parameters.
   *
   * @throws WtaException if there are none
   */
  public static List<BenchmarkSpec> matching(String pattern) {
    Pattern wanted = pattern(pattern);
    List<BenchmarkSpec> kernels =
        all().stream().filter(kernel -> wanted.matcher(kernel.name()).find()).toList();
    if (kernels.isEmpty()) {
      throw new WtaException(
          "no kernel's name has a match of '%s'".formatted(pattern),
          "choose from "
              + String.join(
                  ", ", all().stream().map(kernel -> word(kernel.name())).distinct().toList()));
    }
    return kernels;
  }

  private static Pattern pattern(String pattern) {
    try {
      return Pattern.compile(pattern, Pattern.CASE_INSENSITIVE);
    } catch (PatternSyntaxException problem) {
      throw new WtaException(
          "'%s' is no regular expression: %s".formatted(pattern, problem.getDescription()),
          "see the documentation of java.util.regex.Pattern",
          problem);
    }
  }

  private static String word(String name) {
    return name.split(" ", 2)[0];
  }

  static List<BenchmarkSpec> all() {
    List<BenchmarkSpec> kernels = new ArrayList<>();
    BenchmarkList.defaultList()
        .getAll(OutputFormatFactory.createFormatInstance(System.err, VerboseMode.SILENT), List.of())
        .stream()
        .filter(entry -> entry.getUsername().startsWith(PACKAGE))
        .sorted((one, other) -> one.getUsername().compareTo(other.getUsername()))
        .forEach(entry -> addAll(entry, kernels));
    return kernels;
  }

  private static void addAll(BenchmarkListEntry entry, List<BenchmarkSpec> kernels) {
    List<Map<String, String>> choices = new ArrayList<>(List.of(Map.of()));
    Map<String, String[]> parameters = new TreeMap<>(entry.getParams().orElse(Map.of()));
    parameters.keySet().removeAll(GIVEN);
    parameters.forEach(
        (parameter, values) -> {
          List<Map<String, String>> longer = new ArrayList<>();
          for (Map<String, String> choice : choices) {
            for (String value : values) {
              Map<String, String> added = new LinkedHashMap<>(choice);
              added.put(parameter, value);
              longer.add(added);
            }
          }
          choices.clear();
          choices.addAll(longer);
        });
    String method = entry.getUsername().substring(PACKAGE.length());
    for (Map<String, String> choice : choices) {
      String name = (method + " " + String.join(" ", choice.values())).strip();
      kernels.add(BenchmarkSpec.of(name, "calls/s", 1, entry.getUsername(), choice));
    }
  }
}
