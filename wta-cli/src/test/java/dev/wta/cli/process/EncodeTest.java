package dev.wta.cli.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wta.data.Dataset;
import dev.wta.data.arrow.DatasetFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Features in every form that {@code wta encode} writes, from files and standard streams. */
class EncodeTest {
  private static final String TRAIN =
      "train --data data.arrow --set epochs=1 --set hidden=24 --quiet --model ";
  private static final String SAE = "encode --run sae --quiet --data data.arrow --out ";

  @TempDir static Path directory;

  @BeforeAll
  static void train() {
    TinyData.importInto(directory, "data", 1100, 1); // more than a batch
    wta(TRAIN + "topk --set k=4 --out sae");
    wta(TRAIN + "fc-wta --out fc");
    wta(SAE + "dense.arrow --dense");
  }

  private static Wta.Result wta(String arguments) {
    return Wta.in(directory).succeed(arguments.split(" "));
  }

  private static float[] values(String file) {
    try (Dataset data = DatasetFile.open(directory.resolve(file))) {
      assertThat(data.size()).isEqualTo(1100);
      assertThat(data.labels()).hasSize(1100).contains(0, 1, 2);
      float[] values = new float[1100 * 24];
      data.read(0, 1100, values, 0);
      return values;
    }
  }

  private static Path streamed(Path from, String to, String arguments) {
    Path file = directory.resolve(to);
    Wta.in(directory).readingFrom(from).writingTo(file).succeed(arguments.split(" "));
    return file;
  }

  @Test
  void sparseCodesAreTheDefaultOfSparseModels() throws IOException {
    Wta.Result result = wta(SAE + "codes.arrow --json");
    assertThat(new ObjectMapper().readTree(result.out()).path("active").asInt()).isEqualTo(4400);
    assertThat(wta("encode --run fc --data data.arrow --out fc.arrow").out())
        .isEqualTo("fc.arrow: 1,100 samples of 24 features, with labels\n");
    assertThat(values("codes.arrow")).containsExactly(values("dense.arrow"));
    assertThat(Files.size(directory.resolve("codes.arrow")))
        .isLessThan(Files.size(directory.resolve("dense.arrow")));
  }

  @Test
  void standardStreamsCarryTheSameBytesAsFiles() throws IOException {
    wta(SAE + "codes.arrows");
    Path codes =
        streamed(
            directory.resolve("data.arrow"),
            "streamed.arrows",
            "encode --run sae --data - --out - --quiet");
    assertThat(codes).hasSameBinaryContentAs(directory.resolve("codes.arrows"));
    Path dense =
        streamed(
            directory.resolve("data.arrow"),
            "dense.arrows",
            "encode --run sae --data - --out - --dense --quiet");
    assertThat(values(dense.toString())).containsExactly(values("dense.arrow"));
    assertThat(values("streamed.arrows")).containsExactly(values("dense.arrow"));
  }

  @Test
  void linesOfJsonAreTheFeaturesThatAreNotZero() throws IOException {
    Path lines =
        streamed(
            directory.resolve("data.arrow"),
            "codes.jsonl",
            "encode --run sae --data - --out - --format jsonl --quiet");
    float[] dense = values("dense.arrow");
    List<String> read = Files.readAllLines(lines);
    assertThat(read).hasSize(1100);
    for (int row = 0; row < 1100; row += 100) {
      Map<?, ?> active = new ObjectMapper().readValue(read.get(row), Map.class);
      float[] code = new float[24];
      active.forEach(
          (index, value) -> code[Integer.parseInt((String) index)] = ((Number) value).floatValue());
      assertThat(code).containsExactly(Arrays.copyOfRange(dense, row * 24, (row + 1) * 24));
    }
  }

  @Test
  void codesAreDataForOtherCommands() {
    wta(SAE + "again.arrow");
    assertThat(wta("probe --raw --train again.arrow --test dense.arrow --c 1 --quiet").out())
        .contains("features      24");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --data data.arrow --out x.npz --dense             | npz holds active features alone
          --data data.arrow --out - --json                  | --json prints on standard output
          --data data.arrow --out x.arrow --dense --sparse  | mutually exclusive
          --data data.arrow --out x.arrow --format csv      | csv
          --data - --out x.npz                              | standard input is empty
          """)
  void whatCannotBeIsAnsweredInOneLine(String arguments, String message) throws IOException {
    List<String> before = files();
    assertThat(Wta.in(directory).fail(("encode --run sae --quiet " + arguments).split(" +")))
        .contains(message);
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void anArrayOnStandardInputHasToBeGivenByItsName() throws IOException {
    Path array = Files.writeString(directory.resolve("x.npy"), "\u0093NUMPY and so on", ISO_8859_1);
    assertThat(
            Wta.in(directory)
                .readingFrom(array)
                .fail("encode --run sae --data - --out x.npz --quiet".split(" ")))
        .contains("no Arrow stream but a NumPy array; give the file by its name");
  }

  @Test
  void aStreamThatIsCutLeavesNoFile() throws IOException {
    byte[] whole = Files.readAllBytes(directory.resolve("data.arrow"));
    Path cut = Files.write(directory.resolve("cut"), Arrays.copyOf(whole, whole.length / 2));
    List<String> before = files();
    assertThat(
            Wta.in(directory)
                .readingFrom(cut)
                .fail("encode --run sae --data - --out cut.npz --quiet".split(" ")))
        .contains("standard input ends in the middle of record batch 1");
    assertThat(files()).isEqualTo(before);
  }

  private static List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(Path::toString).sorted().toList();
    }
  }

  @Test
  void codesWithTokensAreAModuleOfDelphi() throws IOException {
    Files.createDirectory(directory.resolve("latents"));
    String delphi = "encode --run sae --quiet --data data.arrow --tokens label --out latents/m";
    assertThat(Wta.in(directory).fail(delphi.split(" ")))
        .contains("give their length with --context");
    assertThat(wta(delphi + " --context 11 --files 2 --tokenizer gpt2").out())
        .isEqualTo("latents/m: 1,100 samples of 24 features\n");
    assertThat(directory.resolve("latents/m"))
        .isDirectoryContaining("glob:**/0_11.safetensors")
        .isDirectoryContaining("glob:**/12_23.safetensors");
    assertThat(
            new ObjectMapper()
                .readTree(directory.resolve("latents/m/config.json").toFile())
                .get("model_name")
                .asText())
        .isEqualTo("gpt2");
    assertThat(Wta.in(directory).fail((delphi + " --context 11").split(" ")))
        .contains("latents/m holds files already");
    assertThat(Wta.in(directory).fail((delphi + "2 --context 11 --format npz").split(" ")))
        .contains("leave out --format");
  }

  @Test
  void codesWithTokensAreDashboardsOfLatents() throws IOException {
    Files.createDirectory(directory.resolve("dashboards")); // empty: taken
    Files.writeString(
        directory.resolve("vocab.json"), "{\"Ġa\": 0, \"b\": 1, \"c\": 2, \"d\": 3, \"e\": 4}");
    String encode = "encode --run sae --quiet --data data.arrow --out dashboards --context 11";
    String dashboard = encode + " --tokens label --tokens-as sae-dashboard --vocabulary vocab.json";
    assertThat(Wta.in(directory).fail(encode.replace("dashboards", "x").split(" ")))
        .contains("say with --tokens");
    assertThat(Wta.in(directory).fail((dashboard + " --tokenizer gpt2").split(" ")))
        .contains("give the tokens' texts with --vocabulary");
    assertThat(Wta.in(directory).fail((dashboard + " --tokens-as delphi").split(" ")))
        .contains("only once");
    assertThat(wta(dashboard + " --files 2 --json").out()).contains("\"sae-dashboard\"");
    JsonNode features =
        new ObjectMapper()
            .readTree(directory.resolve("dashboards/batch-1.json").toFile())
            .get("features");
    assertThat(features).hasSize(12);
    assertThat(features.get(0).get("feature_index").asInt()).isEqualTo(12);
    assertThat(features.findValuesAsText("n_prompts_total")).contains("100");
    assertThat(features.toString()).contains("\"tokens\":[\" a\"");
  }
}
