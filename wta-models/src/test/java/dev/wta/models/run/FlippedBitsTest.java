package dev.wta.models.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.data.Dataset;
import dev.wta.models.Features;
import dev.wta.models.Model;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.fc.FcWta;
import dev.wta.models.optimizer.Adam;
import dev.wta.models.optimizer.Schedule;
import dev.wta.models.training.Trainer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run one of whose bits is another: it is refused, or gives what the whole one gives. */
class FlippedBitsTest {
  private static final int INPUTS = 6;
  private static final int SAMPLES = 20;

  @TempDir private Path directory;
  private final Backend backend = TestBackends.reference();
  private final Dataset data = TestData.vectors(SAMPLES, INPUTS);
  private Path run;

  @BeforeEach
  void train() {
    run = directory.resolve("run");
    train(run, 2, false);
    RunDirectory.open(run).keepProbe("svm-0", Map.of("testError", 0.25, "c", 0.1f));
  }

  @AfterEach
  void close() {
    backend.close();
  }

  private void train(Path to, int epochs, boolean resume) {
    try (FcWta model =
        FcWta.Settings.DEFAULTS
            .hidden(4)
            .lifetime(0.5)
            .tied(true)
            .on(INPUTS, backend, Seed.of(1))) {
      Trainer.of(model)
          .data(data)
          .batch(10)
          .epochs(epochs)
          .optimizer(Adam.rate(0.01))
          .schedule(new Schedule.Constant())
          .to(to)
          .resume(resume)
          .train();
    }
  }

  /** What users of the run get: features, the state, what probes found. */
  private String seen() {
    RunDirectory opened = RunDirectory.open(run);
    try (Model model = opened.loadModel(backend);
        Features features = model.encode(data)) {
      return Arrays.toString(backend.memory().download(features.values()))
          + opened.state()
          + opened.config().model()
          + opened.probes().stream()
              .map(probe -> probe.get("testError") + " " + probe.get("c"))
              .toList();
    }
  }

  /** The same; empty if the run is refused. Nothing else may be thrown. */
  private Optional<String> seenOrRefused() {
    try {
      return Optional.of(seen());
    } catch (WtaException refused) {
      return Optional.empty();
    }
  }

  /** By a new file: file systems flush one that is written over, which takes 20 times as long. */
  private static void replace(Path file, byte[] content) throws IOException {
    Files.delete(file);
    Files.write(file, content);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "config.json",
        "state.json",
        "model.safetensors",
        "preprocessing.safetensors",
        "probes/svm-0.json"
      })
  void isRefusedOrSeenInNoFeature(String name) throws IOException {
    String whole = seen();
    Path file = run.resolve(name);
    byte[] bytes = Files.readAllBytes(file);
    Random random = new Random(name.hashCode());
    int refused = 0;
    for (int at = 0; at < bytes.length; at++) {
      int bit = 1 << random.nextInt(8);
      replace(file, flipped(bytes, at, bit));
      Optional<String> now = seenOrRefused();
      assertThat(now.orElse(whole)).as("byte %d of %s, bit %d", at, name, bit).isEqualTo(whole);
      refused += now.isEmpty() ? 1 : 0;
    }
    assertThat(refused).isGreaterThan(bytes.length / 2);
    Files.write(file, bytes);
    assertThat(seen()).isEqualTo(whole);
  }

  /** Whatever a file without check sums says, as of earlier versions or edited by hand. */
  @ParameterizedTest
  @ValueSource(strings = {"config.json", "state.json", "preprocessing.safetensors"})
  void isNeverABugWithoutTheCheckSum(String name) throws IOException {
    Path file = run.resolve(name);
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    byte[] bytes =
        text.replaceAll(",\\s*\"crc32c\" : \"[0-9a-f]{8}\"\\s*}\\s*$", "}")
            .replaceAll("\"crc32c\"(:\"[0-9a-f]{8}\")", "\"crc--c\"$1")
            .getBytes(StandardCharsets.ISO_8859_1);
    assertThat(bytes).isNotEqualTo(Files.readAllBytes(file));
    Files.write(file, bytes);
    String whole = seen();
    Random random = new Random(name.hashCode());
    int same = 0;
    for (int at = 0; at < bytes.length; at++) {
      replace(file, flipped(bytes, at, 1 << random.nextInt(8)));
      same += seenOrRefused().filter(whole::equals).isPresent() ? 1 : 0;
    }
    assertThat(same).isPositive();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "config.json",
        "state.json",
        "model.safetensors",
        "trainer.safetensors",
        "preprocessing.safetensors"
      })
  void isRefusedOrResumedToTheSameBits(String name) throws IOException {
    Path straight = directory.resolve("straight");
    train(straight, 3, false);
    byte[] bytes = Files.readAllBytes(run.resolve(name));
    Random random = new Random(name.hashCode());
    for (int at = random.nextInt(9); at < bytes.length; at += 9) {
      Path copy = Files.createDirectory(directory.resolve("copy-" + at));
      for (String each :
          new String[] {
            "config.json",
            "state.json",
            "model.safetensors",
            "trainer.safetensors",
            "preprocessing.safetensors",
            "metrics.jsonl"
          }) {
        Files.copy(run.resolve(each), copy.resolve(each));
      }
      Files.write(copy.resolve(name), flipped(bytes, at, 1 << random.nextInt(8)));
      try {
        train(copy, 3, true);
        assertThat(copy.resolve("model.safetensors"))
            .as("byte %d of %s", at, name)
            .hasSameBinaryContentAs(straight.resolve("model.safetensors"));
      } catch (WtaException refused) {
        assertThat(copy.resolve("metrics.jsonl"))
            .hasSameBinaryContentAs(run.resolve("metrics.jsonl"));
      }
    }
  }

  @Test
  void anEditedConfigurationIsOpenedOnceItsCheckSumIsDeleted() throws IOException {
    Path file = run.resolve("config.json");
    String edited = Files.readString(file).replace("\"name\" : \"", "\"name\" : \"my-");
    Files.writeString(file, edited);
    assertThatThrownBy(() -> RunDirectory.open(run))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("config.json is damaged or was edited")
        .hasMessageContaining("delete its member 'crc32c'");
    Files.writeString(file, edited.replaceAll(",\\s*\"crc32c\" : \"\\w+\"", ""));
    assertThat((String) RunDirectory.open(run).config().data().get("name")).startsWith("my-");
  }

  /** As another program may write it. */
  @Test
  void aDocumentThatIsLaidOutDifferentlyIsWhole() throws IOException {
    String whole = seen();
    for (String name : new String[] {"config.json", "state.json"}) {
      Path file = run.resolve(name);
      Files.writeString(file, Files.readString(file).replaceAll("\\n *", ""));
    }
    assertThat(seen()).isEqualTo(whole);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"epoch\" : -1000000",
        "\"epoch\" : 1e3",
        "\"epoch\" : 4294967297",
        "\"step\" : -1",
        "\"samples\" : -1",
        "\"intervalLoss\" : 1e999",
        "\"rateFactor\" : \"x\""
      })
  void anImpossibleStateIsRefused(String member) throws IOException {
    Path file = run.resolve("state.json");
    String key = member.substring(0, member.indexOf(':'));
    String text = Files.readString(file).replaceAll(",\\s*\"crc32c\" : \"\\w+\"\\s*}\\s*$", "}");
    String changed = text.replaceAll(key + ": [^,}\\s]+", member);
    assertThat(changed).isNotEqualTo(text);
    Files.writeString(file, changed);
    assertThatThrownBy(() -> train(run, 3, true))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("state.json is damaged");
  }

  private static byte[] flipped(byte[] bytes, int at, int bit) {
    byte[] changed = bytes.clone();
    changed[at] ^= (byte) bit;
    return changed;
  }
}
