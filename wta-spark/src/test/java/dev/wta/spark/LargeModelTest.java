package dev.wta.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.Backends;
import dev.wta.api.tensor.SparseCode;
import dev.wta.api.tensor.SparseCodes;
import dev.wta.models.Encoder;
import dev.wta.models.run.RunDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A model whose weights and moments are more than the memory of an executor, and of the driver:
 * their JVMs would end with an {@link OutOfMemoryError} if one of them held it.
 */
@Tag("slow")
class LargeModelTest {
  @TempDir private Path folder;

  @Test
  void noProcessHoldsAllOfALargeModel() throws Exception {
    long memory = (long) (LargeModel.HEAP + LargeModel.DIRECT) << 20;
    assertThat(LargeModel.BYTES).isGreaterThan(memory);
    Path output = folder.resolve("output");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--") || argument.startsWith("-Dorg.slf4j"))
        .forEach(command::add);
    command.addAll(List.of("-Xmx%dm".formatted(LargeModel.HEAP), LargeModel.DIRECT_FLAG));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(LargeModel.class.getName(), folder.resolve("divided").toString()));
    Process driver =
        new ProcessBuilder(command)
            .redirectOutput(output.toFile())
            .redirectError(folder.resolve("errors").toFile())
            .start();
    int ended = driver.waitFor();
    assertThat(ended).as(() -> text(folder.resolve("errors"))).isZero();
    List<String> lines =
        Files.readAllLines(output).stream().filter(line -> line.startsWith("code ")).toList();
    Path saved = folder.resolve("divided/saved");
    WtaModel alone =
        LargeModel.estimator(folder.resolve("alone").toString(), 1)
            .fit(LargeModel.frame(Sessions.local()));
    for (String file : List.of("model.safetensors", "trainer.safetensors")) {
      assertThat(Files.mismatch(saved.resolve(file), Path.of(alone.run()).resolve(file)))
          .as(file)
          .isEqualTo(-1);
    }
    assertThat(Files.size(saved.resolve("model.safetensors"))).isGreaterThan(LargeModel.BYTES / 3);
    assertThat(lines).isEqualTo(codes(saved));
  }

  /** What the whole model encodes, as the driver prints it. */
  private static List<String> codes(Path run) {
    try (Backend backend = Backends.best();
        Encoder encoder = RunDirectory.open(run).encoder(backend)) {
      SparseCodes codes = encoder.encodeSparse(LargeModel.samples());
      List<String> lines = new ArrayList<>();
      for (SparseCode code : codes) {
        StringBuilder line = new StringBuilder("code " + lines.size());
        code.forEach((unit, value) -> line.append(' ').append(LargeModel.entry(unit, value)));
        lines.add(line.toString());
      }
      return lines;
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
