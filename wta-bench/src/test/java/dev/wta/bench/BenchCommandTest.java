package dev.wta.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wta.bench.compare.FakePeer;
import dev.wta.cli.CommandProvider;
import dev.wta.cli.Main;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code wta bench} as a process of its own. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class BenchCommandTest {
  private static final String SHORT = "-Dwta.bench.seconds=0.02";

  @TempDir Path folder;

  @Test
  void isOfferedToTheCommandLine() {
    assertThat(ServiceLoader.load(CommandProvider.class))
        .anySatisfy(
            provider ->
                assertThat(new CommandLine(provider.command()).getCommandName())
                    .isEqualTo("bench"));
  }

  @Test
  void printsOneJsonDocumentWithThePeersFigures() throws Exception {
    FakePeer.installIn(folder);
    Result result =
        run(
            List.of(SHORT, "-Dwta.peers=" + folder),
            "--workload",
            "gemm,encode",
            "--forks",
            "1",
            "--threads",
            "1",
            "--peers",
            "--json");
    assertThat(result.exit).as(result.err).isZero();
    assertThat(result.err).contains("round 1/1").contains("encode on fake: takes no part");
    assertThat(result.err).contains("Python's PyTorch takes no part: no --python");
    JsonNode json = new ObjectMapper().readTree(result.out);
    assertThat(json.at("/machine/peers/fake").asText()).isEqualTo(FakePeer.VERSION);
    JsonNode product = json.at("/workloads/0");
    assertThat(product.at("/name").asText()).isEqualTo("gemm");
    assertThat(product.at("/wta").asDouble()).isPositive();
    assertThat(product.at("/peers/fake").asDouble()).isPositive();
    assertThat(product.at("/ratio").asDouble()).isPositive();
    assertThat(product.at("/bound").asDouble()).isPositive();
    assertThat(json.at("/workloads/1/peers").isEmpty()).isTrue();
    assertThat(json.at("/workloads/1/ratio").isNull()).isTrue();
  }

  @Test
  void showsTheTableAndThenWhatAPeerDiedOf() throws Exception {
    FakePeer.installIn(folder);
    Result result =
        run(
            List.of(SHORT, "-Dwta.peers=" + folder),
            "--workload",
            "fc-wta-step",
            "--forks",
            "1",
            "--peers");
    assertThat(result.exit).isEqualTo(2);
    assertThat(result.out).containsPattern("fc-wta-step +samples/s +[0-9,.]+ +failed");
    assertThat(result.err)
        .contains("fake ended with exit code 1 at 'time fc-wta-step")
        .contains(FakePeer.COMPLAINT)
        .contains("wta: 1 of the other frameworks' processes failed; ");
  }

  @Test
  void refusesWhatItDoesNotKnow() throws Exception {
    Result unknown = run(List.of(), "--workload", "encoed");
    assertThat(unknown.exit).isEqualTo(2);
    assertThat(unknown.err).startsWith("wta: there is no workload 'encoed'; choose from gemm, ");
    Result noBackend = run(List.of(), "--backend", "cpu,cudda");
    assertThat(noBackend.exit).isEqualTo(2);
    assertThat(noBackend.err).startsWith("wta: there is no backend 'cudda' on the class path; ");
    Result pythonAlone = run(List.of(), "--python", "python3");
    assertThat(pythonAlone.exit).isEqualTo(2);
    assertThat(pythonAlone.err).contains("--python is for --peers alone; give --peers, too");
    Result noPeers = run(List.of("-Dwta.peers=" + folder), "--peers");
    assertThat(noPeers.exit).isEqualTo(2);
    assertThat(noPeers.err).startsWith("wta: there is no peer in ");
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the Python of this test is a shell script")
  void measuresTheRowsOfAPython() throws Exception {
    FakePeer.installIn(folder);
    Result result =
        run(
            List.of(SHORT, "-Dwta.peers=" + folder),
            "--workload",
            "gemm",
            "--quick",
            "--threads",
            "1",
            "--peers=python-bags",
            "--python",
            FakePeer.python(folder, FakePeer.PYTHON).toString());
    assertThat(result.exit).as(result.err).isZero();
    assertThat(result.out)
        .contains("python-bags: a shell, bags")
        .containsPattern("workload +unit +wta +python-bags +ratio");
  }

  @Test
  void measuresRequestsToAnEncoder() throws Exception {
    String[] small = {
      "encoder", "--inputs", "20", "--latents", "64", "--seconds", "0.2", "--callers", "1,2"
    };
    Result table = run(List.of(), with(small, "--batch", "1"));
    assertThat(table.exit).as(table.err).isZero();
    assertThat(table.out)
        .contains("topk of 20 inputs and 64 features on cpu")
        .containsPattern("batch +callers +median us +p99 us +samples/s")
        .containsPattern("    1 +2 +[0-9.,]+ +[0-9.,]+ +[0-9.,]+");
    JsonNode json =
        new ObjectMapper().readTree(run(List.of(), with(small, "--batch", "1,5", "--json")).out);
    assertThat(json.at("/requests")).hasSize(4);
    JsonNode last = json.at("/requests/3");
    assertThat(last.at("/batch").asInt()).isEqualTo(5);
    assertThat(last.at("/callers").asInt()).isEqualTo(2);
    assertThat(last.at("/p99Microseconds").asDouble())
        .isGreaterThanOrEqualTo(last.at("/medianMicroseconds").asDouble());
    assertThat(last.at("/samplesPerSecond").asDouble()).isPositive();
    Result none = run(List.of(), "encoder", "--callers", "0");
    assertThat(none.exit).isEqualTo(2);
    assertThat(none.err).contains("give --callers, --batch, --threads and --seconds above 0");
  }

  private static String[] with(String[] arguments, String... more) {
    return Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new);
  }

  private record Result(int exit, String out, String err) {}

  /** With this build's class path and JVM flags. */
  private Result run(List<String> options, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("--"))
        .forEach(command::add);
    command.add("-Xmx1g");
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.add("bench");
    command.addAll(List.of(arguments));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    List.of(
            "WTA_PYTHON",
            "JAVA_TOOL_OPTIONS",
            "JDK_JAVA_OPTIONS",
            "_JAVA_OPTIONS") // the JVM prints its own
        .forEach(builder.environment()::remove);
    Process process = builder.start();
    int exit = process.waitFor();
    String errors =
        Files.readString(err, UTF_8).replaceFirst("WARNING: Using incubator modules.*\\R", "");
    return new Result(exit, Files.readString(out, UTF_8), errors);
  }
}
