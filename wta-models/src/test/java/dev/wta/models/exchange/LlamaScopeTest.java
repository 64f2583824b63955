package dev.wta.models.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.models.Features;
import dev.wta.models.Model;
import dev.wta.models.TestBackends;
import dev.wta.models.exchange.model.ImportedSae;
import dev.wta.models.io.SafetensorsWriter;
import dev.wta.models.io.TensorType;
import dev.wta.models.io.WrittenTensor;
import dev.wta.models.run.RunDirectory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model of Llama Scope encodes as the equations of its tool say, written out here. */
class LlamaScopeTest {
  private static final int INPUTS = 5;
  private static final int LATENTS = 9;
  private static final int SAMPLES = 40;
  private static final double THRESHOLD = 0.6;
  private static final double IN = 3.5;
  private static final double OUT = 7;

  @TempDir Path directory;

  private final float[] encoder = normal(LATENTS * INPUTS, 1);
  private final float[] bias = normal(LATENTS, 2);
  private final float[] decoder = normal(INPUTS * LATENTS, 3);
  private final float[] centre = normal(INPUTS, 4);
  private final float[] samples = normal(SAMPLES * INPUTS, 5);

  private static float[] normal(int size, long seed) {
    Random random = new Random(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @BeforeEach
  void write() throws IOException {
    Files.createDirectories(directory.resolve("checkpoints"));
    Map<String, WrittenTensor> tensors = new LinkedHashMap<>();
    tensors.put("encoder.weight", WrittenTensor.of(TensorType.F32, encoder, LATENTS, INPUTS));
    tensors.put("encoder.bias", WrittenTensor.of(TensorType.F32, bias, LATENTS));
    tensors.put("decoder.weight", WrittenTensor.of(TensorType.F32, decoder, INPUTS, LATENTS));
    tensors.put("decoder.bias", WrittenTensor.of(TensorType.F32, centre, INPUTS));
    try (OutputStream out =
        Files.newOutputStream(directory.resolve("checkpoints/final.safetensors"))) {
      SafetensorsWriter.write(out, tensors);
    }
    configure("jumprelu", "x", "false");
  }

  private void configure(String activation, String output, String subtracts) throws IOException {
    Files.writeString(
        directory.resolve("hyperparams.json"),
        """
        {"d_model": 5, "d_sae": 9, "act_fn": "%s", "jump_relu_threshold": 0.6, "top_k": 3,
         "norm_activation": "dataset-wise", "sparsity_include_decoder_norm": true,
         "dataset_average_activation_norm": {"in": 3.5, "out": 7}, "use_decoder_bias": true,
         "apply_decoder_bias_to_pre_encoder": %s, "hook_point_in": "x", "hook_point_out": "%s"}
        """
            .formatted(activation, subtracts, output));
  }

  @ParameterizedTest
  @CsvSource({
    "jumprelu, x, false, jumprelu",
    "topk, x, true, jumprelu",
    "jumprelu, y, false, jumprelu-transcoder",
    "jumprelu, y, true, jumprelu-transcoder",
  })
  void codesAreThoseOfTheTool(String activation, String output, boolean subtracts, String family)
      throws IOException {
    configure(activation, output, String.valueOf(subtracts));
    ImportedSae sae = SaeFormat.recognise(directory).read(directory);
    assertThat(sae.family()).isEqualTo(family);
    Path run = directory.resolve("run");
    double f = Math.sqrt(INPUTS) / IN;
    double g = Math.sqrt(INPUTS) / OUT;
    try (Backend backend = TestBackends.open("cpu", 1)) {
      sae.write(run, backend);
      try (Model model = RunDirectory.open(run).loadModel(backend);
          Dataset data = MemoryDataset.of("samples", Shape.of(INPUTS), samples);
          Features features = model.encode(data)) {
        float[] codes = backend.memory().download(features.values());
        float[] made = model.reconstruct(data);
        for (int row = 0; row < SAMPLES; row++) {
          double[] wanted = new double[INPUTS];
          for (int i = 0; i < INPUTS; i++) {
            wanted[i] = centre[i] / g;
          }
          for (int latent = 0; latent < LATENTS; latent++) {
            double squares = 0;
            double u = bias[latent] / f;
            for (int i = 0; i < INPUTS; i++) {
              double d = decoder[i * LATENTS + latent] * f / g;
              squares += d * d;
              double x = samples[row * INPUTS + i] - (subtracts ? centre[i] / g : 0);
              u += encoder[latent * INPUTS + i] * x;
            }
            double length = Math.sqrt(squares);
            double code = u * length > THRESHOLD ? u * length : 0;
            assertThat((double) codes[row * LATENTS + latent]).isCloseTo(code, within());
            for (int i = 0; i < INPUTS; i++) {
              wanted[i] += code * decoder[i * LATENTS + latent] * f / g / length;
            }
          }
          for (int i = 0; i < INPUTS; i++) {
            assertThat((double) made[row * INPUTS + i]).isCloseTo(wanted[i], within());
          }
        }
      }
    }
  }

  private static Offset<Double> within() {
    return Offset.offset(1e-4);
  }

  @Test
  void whatItCannotHoldIsRefusedByName() throws IOException {
    refused("\"dataset-wise\"", "\"token-wise\"", "norm_activation 'token-wise'");
    refused("\"jumprelu\"", "\"gelu\"", "the activation 'gelu'");
    refused("\"use_decoder_bias\"", "\"use_glu_encoder\": true, \"use_decoder_bias\"", "gated");
    refused("\"in\": 3.5", "\"in\": 0", "lengths above 0");
    refused("0.6", "-1", "at least 0");
    refused("\"d_sae\": 9", "\"d_sae\": 8", "'encoder.weight'");
  }

  private void refused(String correct, String wrong, String message) throws IOException {
    Path config = directory.resolve("hyperparams.json");
    String before = Files.readString(config);
    Files.writeString(config, before.replace(correct, wrong));
    assertThatThrownBy(() -> SaeFormat.LLAMA_SCOPE.read(directory))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining(message);
    Files.writeString(config, before);
  }
}
