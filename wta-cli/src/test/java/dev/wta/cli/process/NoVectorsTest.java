package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM that was started without the Vector API's module: slow, and it says so. */
class NoVectorsTest {
  private static final String REMEDY = "start java with --add-modules jdk.incubator.vector";

  @TempDir Path directory;

  @Test
  void trainsOnTheReferenceBackendAndSaysHowToGetTheFastOne() throws IOException {
    TinyData.importInto(directory, "train", 60, 1);
    String[] train =
        "train --model fc-wta --data train.arrow --out run --set epochs=1 --set hidden=10"
            .split(" ");
    assertThat(Wta.in(directory).withoutVectors().succeed(train).err())
        .containsPattern("WARN .*reference.*" + REMEDY);
  }

  @Test
  void listsTheFastBackendWithTheRemedy() {
    assertThat(Wta.in(directory).withoutVectors().succeed("backends").out())
        .containsPattern("reference .*automatic choice")
        .containsPattern("cpu +not here")
        .contains(REMEDY);
  }

  @Test
  void refusesTheFastBackendWhereItIsNamed() throws IOException {
    TinyData.importInto(directory, "train", 60, 1);
    assertThat(
            Wta.in(directory)
                .withoutVectors()
                .fail("train --model fc-wta --data train.arrow --out run --backend cpu".split(" ")))
        .contains("backend 'cpu' cannot run here")
        .endsWith(REMEDY);
  }
}
