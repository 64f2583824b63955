package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code wta import sae}: a model of another tool is a run like any other. */
class ImportSaeTest {
  private static final int INPUTS = 6;
  private static final int SAMPLES = 40;

  @TempDir static Path directory;

  @BeforeAll
  static void writeModelAndData() throws IOException {
    Path model = Files.createDirectory(directory.resolve("model"));
    Files.writeString(
        model.resolve("cfg.json"),
        """
        {"architecture": "topk", "d_in": 6, "d_sae": 10, "k": 3, "dtype": "float32",
         "apply_b_dec_to_input": false, "normalize_activations": "none",
         "rescale_acts_by_decoder_norm": true, "metadata": {"sae_lens_version": "6.54.12"}}
        """);
    String header =
        """
        {"W_enc":{"dtype":"F32","shape":[6,10],"data_offsets":[0,240]},\
        "W_dec":{"dtype":"F32","shape":[10,6],"data_offsets":[240,480]},\
        "b_enc":{"dtype":"F32","shape":[10],"data_offsets":[480,520]},\
        "b_dec":{"dtype":"F32","shape":[6],"data_offsets":[520,544]}}\
        """;
    byte[] file = new byte[Long.BYTES + header.length() + 544];
    ByteBuffer weights = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    weights.putLong(header.length()).put(header.getBytes(StandardCharsets.UTF_8));
    fill(weights, 1);
    Files.write(model.resolve("sae_weights.safetensors"), file);
    String npy =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }".formatted(SAMPLES, INPUTS);
    String padded = npy + " ".repeat(127 - 10 - npy.length()) + "\n";
    byte[] array = new byte[128 + SAMPLES * INPUTS * Float.BYTES];
    ByteBuffer samples = ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN);
    samples.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    samples.put((byte) 1).put((byte) 0).putShort((short) padded.length());
    samples.put(padded.getBytes(StandardCharsets.US_ASCII));
    fill(samples, 2);
    Files.write(directory.resolve("samples.npy"), array);
    run("import npy samples.npy --out samples.arrow");
    assertThat(run("import sae model --out run"))
        .contains("run: topk of 6 inputs and 10 latents, from saelens (topk)")
        .contains("note: apply_b_dec_to_input is false: the encoder's biases make up for it")
        .contains("note: lengths of the decoder's rows are folded into the encoder")
        .contains("It holds no optimiser's state: wta train --from run begins with a fresh one.");
  }

  private static void fill(ByteBuffer rest, long seed) {
    Random random = new Random(seed);
    while (rest.hasRemaining()) {
      rest.putFloat((float) random.nextGaussian());
    }
  }

  private static String run(String line) {
    return Wta.in(directory).succeed(line.split(" ")).out();
  }

  @Test
  void commandsTakeItAsARun() {
    assertThat(run("encode --run run --data samples.arrow --out codes.arrow"))
        .contains("40 samples of 10 features");
    run("report --run run --data samples.arrow --out report");
    assertThat(directory.resolve("report/index.html")).isNotEmptyFile();
    run("train --from run --data samples.arrow --out more --set epochs=1 --set batch=8");
    assertThat(directory.resolve("more/model.safetensors")).isNotEmptyFile();
  }

  @Test
  void aRunIsExportedAgain() {
    assertThat(run("export run --format saelens --out exported"))
        .contains("exported: topk of SAELens, from a topk");
    assertThat(run("import sae exported --out back")).contains("from saelens (topk)");
    assertThat(Wta.in(directory).fail("export", "run", "--format", "other", "--out", "no"))
        .contains("there is no format 'other'; give saelens");
  }

  @Test
  void theResultIsPrintedAsJson() {
    assertThat(run("import sae model --format saelens --out again --json"))
        .contains("\"family\"", "\"topk\"", "\"architecture\"", "\"notes\"");
  }

  /** A pickle of {@code os.system("touch run-it")} in the archive that PyTorch would load. */
  @Test
  void aPickleThatWantsToRunCodeIsOneLine() throws IOException {
    try (ZipOutputStream zip =
        new ZipOutputStream(Files.newOutputStream(directory.resolve("evil.pt")))) {
      zip.putNextEntry(new ZipEntry("evil/data.pkl"));
      zip.write(
          "\u0080\u0002cos\nsystem\nX\f\0\0\0touch run-it\u0085R."
              .getBytes(StandardCharsets.ISO_8859_1));
    }
    assertThat(Wta.in(directory).fail("import", "sae", "evil.pt", "--out", "no"))
        .isEqualTo(
            "wta: the pickle of evil.pt has 'os.system', which no state dictionary has; it is not"
                + " run; save the weights alone: torch.save(model.state_dict(), file)");
    assertThat(directory.resolve("no")).doesNotExist();
    assertThat(directory.resolve("run-it")).doesNotExist();
  }

  @Test
  void wrongInputIsOneLine() throws IOException {
    Path empty = Files.createDirectories(directory.resolve("empty"));
    Files.writeString(empty.resolve("cfg.json"), "{}");
    assertThat(Wta.in(directory).fail("import", "sae", "empty", "--out", "no"))
        .isEqualTo(
            "wta: empty is no model that is known: it has cfg.json; for SAELens it lacks"
                + " sae_weights.safetensors, for sparsify it lacks sae.safetensors; give the folder"
                + " that has these files");
    assertThat(Wta.in(directory).fail("import", "sae", "model", "--format", "other", "--out", "no"))
        .contains("there is no format 'other'; give one of saelens, sparsify, dictionary-learning");
    assertThat(Wta.in(directory).fail("import", "sae", "model", "--out", "run"))
        .contains("run already holds a run");
    assertThat(directory.resolve("no")).doesNotExist();
  }
}
