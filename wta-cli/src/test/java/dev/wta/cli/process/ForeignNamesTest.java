package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names that act on terminals, and names that a locale does not have. */
class ForeignNamesTest {
  private static final String RED = "\u001b[31m";
  private static final Map<String, String> C_LOCALE = Map.of("LC_ALL", "C");

  @TempDir Path directory;

  @Test
  void anErrorShowsWhatANameContains() {
    assertThat(
            Wta.in(directory)
                .alone()
                .fail("train", "--model", RED + "x", "--data", "y", "--out", "z"))
        .contains("there is no model '\\u001b[31mx'")
        .doesNotContain(RED);
  }

  @Test
  void whatIsLeftOutStaysOnItsLine() throws IOException {
    writePictures("a", 2);
    Files.createFile(directory.resolve("pictures/a/x\nwta: done" + RED + ".png"));
    Wta.Result result =
        Wta.in(directory)
            .alone()
            .succeed("import", "folder", "pictures", "--out", "x.arrow", "--max-bad", "1");
    assertThat(result.err()).isEqualTo("left out a/x\\nwta: done\\u001b[31m.png: it is empty\n");
  }

  @Test
  void anUnknownStackTraceIsShownToo() {
    assertThat(Wta.in(directory).alone().run("backends", "--verbose", "--" + RED).err())
        .contains("\tat dev.wta.cli.")
        .doesNotContain(RED);
  }

  @Test
  void resultsAndJsonShowWhatANameContains() throws IOException {
    TinyData.importInto(directory, "train", 30, 1);
    String run = "run" + RED;
    Wta wta = Wta.in(directory).alone();
    String[] train = {
      "train", "--model", "fc-wta", "--data", "train.arrow", "--out", run, "--set", "hidden=4"
    };
    Wta.Result trained = wta.succeed(train);
    assertThat(trained.out()).contains("run\\u001b[31m").doesNotContain(RED);
    assertThat(trained.err()).contains("run\\u001b[31m").doesNotContain(RED);
    String[] again = Stream.concat(Stream.of(train), Stream.of("--quiet")).toArray(String[]::new);
    assertThat(wta.fail(again)).contains("run\\u001b[31m already holds a run");

    String[] report = {
      "report", "--run", run, "--data", "train.arrow", "--out", run + "/page", "--json"
    };
    String json = wta.succeed(report).out();
    assertThat(json).doesNotContain(RED);
    assertThat(new ObjectMapper().readTree(json).toString()).contains("run\\u001B[31m");
  }

  @Test
  void namesOutsideTheLocaleAreAnsweredWithTheRemedy() throws IOException {
    requireUnicodeNames();
    writePictures("größe", 2);
    Wta wta = Wta.in(directory).with(C_LOCALE);
    assertThat(wta.fail("import", "folder", "pictures", "--out", "x.arrow"))
        .contains("characters of this locale")
        .endsWith("; set LC_ALL=C.UTF-8");
    assertThat(wta.fail("import", "folder", "pictures", "--out", "größe.arrow"))
        .contains(".arrow' cannot be a path")
        .endsWith("; set LC_ALL=C.UTF-8");
    assertThat(directory.resolve("x.arrow")).doesNotExist();
  }

  @Test
  void namesInsideTheLocaleAreKept() throws IOException {
    requireUnicodeNames();
    writePictures("größe", 2);
    Wta.in(directory).alone().succeed("import", "folder", "pictures", "--out", "größe.arrow");
    assertThat(directory.resolve("größe.arrow")).isNotEmptyFile();
  }

  private static void requireUnicodeNames() {
    assumeTrue(
        System.getProperty("sun.jnu.encoding").equals("UTF-8"),
        "names outside ASCII need a locale in UTF-8");
  }

  private void writePictures(String name, int count) throws IOException {
    Path folder = Files.createDirectories(directory.resolve("pictures").resolve(name));
    for (int i = 0; i < count; i++) {
      BufferedImage picture = new BufferedImage(4, 4, BufferedImage.TYPE_BYTE_GRAY);
      ImageIO.write(picture, "png", folder.resolve(i + ".png").toFile());
    }
  }
}
