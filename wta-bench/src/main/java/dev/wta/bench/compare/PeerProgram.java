package dev.wta.bench.compare;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wta.bench.measure.MeasurementTime;
import dev.wta.workloads.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A peer as the build left it, spoken to as {@link dev.wta.workloads.PeerProcess} says.
 *
 * @param name its column in the table
 * @param command what starts it, to which a request is added
 */
public record PeerProgram(String name, List<String> command) implements PeerRunner {
  private static final int LINES_OF_ERROR_SHOWN = 15;

  @Override
  public String version() {
    return run("version").get("version").getLast();
  }

  @Override
  public Optional<Double> callsPerSecond(Workload workload, int threads, MeasurementTime pace) {
    Map<String, List<String>> answer =
        run(
            "time",
            workload.name(),
            String.valueOf(threads),
            String.valueOf(pace.warmUp()),
            String.valueOf(pace.measuring()));
    return answer.containsKey("absent")
        ? Optional.empty()
        : Optional.of(
            Double.parseDouble(answer.get("calls").getLast())
                / Double.parseDouble(answer.get("seconds").getLast()));
  }

  /**
   * Runs the peer with a request, and answers the {@code name=value} lines that it printed: the
   * values of each name, in order.
   */
  Map<String, List<String>> run(String... line) {
    List<String> request = new ArrayList<>(command);
    request.addAll(List.of(line));
    try {
      Path error = Files.createTempFile("wta-" + name, ".err");
      try {
        Process process = new ProcessBuilder(request).redirectError(error.toFile()).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        int exit = process.waitFor();
        if (exit != 0) {
          throw new PeerFailure(
              "%s ended with exit code %d at '%s'; the end of its output:%n%s"
                  .formatted(name, exit, String.join(" ", line), end(error)));
        }
        return values(output);
      } finally {
        Files.delete(error);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + name, interrupted);
    }
  }

  private static Map<String, List<String>> values(String output) {
    return output
        .lines()
        .filter(line -> line.contains("="))
        .collect(
            Collectors.groupingBy(
                line -> line.substring(0, line.indexOf('=')),
                Collectors.mapping(
                    line -> line.substring(line.indexOf('=') + 1), Collectors.toList())));
  }

  private static String end(Path error) throws IOException {
    List<String> lines = new String(Files.readAllBytes(error), UTF_8).lines().toList();
    return lines.stream()
        .skip(Math.max(0, lines.size() - LINES_OF_ERROR_SHOWN))
        .map(line -> "  " + line)
        .collect(Collectors.joining(System.lineSeparator()));
  }
}
