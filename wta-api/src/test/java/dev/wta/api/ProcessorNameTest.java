package dev.wta.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessorNameTest {
  @TempDir Path folder;

  @Test
  void readsTheModelWhereLinuxTellsIt() throws IOException {
    Path file = folder.resolve("cpuinfo");
    assertThat(ProcessorName.of(file)).isEqualTo(System.getProperty("os.arch"));
    Files.writeString(file, "processor\t: 0\nmodel name\t: Abacus 3000 @ 1 Hz\n");
    assertThat(ProcessorName.of(file)).isEqualTo("Abacus 3000 @ 1 Hz");
    Files.writeString(file, "processor\t: 0\nFeatures\t: beads\n");
    assertThat(ProcessorName.of(file)).isEqualTo(System.getProperty("os.arch"));
  }
}
