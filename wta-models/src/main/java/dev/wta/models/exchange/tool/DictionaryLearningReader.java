package dev.wta.models.exchange.tool;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.models.exchange.file.ForeignConfig;
import dev.wta.models.exchange.file.ForeignTensors;
import dev.wta.models.exchange.model.ImportedSae;
import dev.wta.models.exchange.model.SaeCode;
import dev.wta.models.exchange.model.SaeWeights;
import dev.wta.models.exchange.pytorch.StateDictionary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Models of dictionary_learning: {@code config.json}, whose {@code trainer} names the class, and
 * {@code ae.pt}, its state dictionary.
 *
 * <pre>{@code
 * AutoEncoder             z = relu((x - bias) E + e)
 * AutoEncoderNew          z = relu(x E + e), and decoder.bias
 * AutoEncoderTopK         the k largest of that of x - b_dec
 * BatchTopKSAE            what of that exceeds threshold
 * MatryoshkaBatchTopKSAE  the same, of nested groups
 * JumpReluAutoEncoder     z = u where u > threshold, u = x W_enc + b_enc
 * GatedAutoEncoder        z = relu(exp(r_mag) p + mag_bias) where p + gate_bias > 0, p = (x - decoder_bias) E
 * }</pre>
 */
public final class DictionaryLearningReader {
  private static final double ALREADY_UNIT = 1e-5;

  private final ForeignConfig trainer;
  private final ForeignTensors tensors;
  private final List<String> notes = new ArrayList<>();

  private DictionaryLearningReader(ForeignConfig trainer, ForeignTensors tensors) {
    this.trainer = trainer;
    this.tensors = tensors;
  }

  /**
   * Reads a model.
   *
   * @param listener receives the progress of reading
   * @throws WtaException if a file is damaged or no family here computes what it holds
   */
  public static ImportedSae read(Path folder, ProgressListener listener) {
    ForeignConfig config = ForeignConfig.read(folder.resolve("config.json"));
    ForeignConfig trainer = config.section("trainer");
    String name =
        trainer.text("dict_class").orElseThrow(() -> config.wrong("trainer", "with a dict_class"));
    Path file = folder.resolve("ae.pt");
    try (ForeignTensors tensors = new ForeignTensors(file, StateDictionary.open(file), listener)) {
      DictionaryLearningReader reader = new DictionaryLearningReader(trainer, tensors);
      SaeWeights weights = reader.weights(name, config);
      SaeCode code = reader.code(name, weights.latents());
      tensors.requireNoOther(name);
      if (name.equals("AutoEncoder")) {
        weights = reader.normalised(weights);
      }
      boolean unitRows = !name.equals("AutoEncoderNew");
      return ImportedSae.of(
          weights,
          code,
          false,
          unitRows,
          ImportedSae.Normalisation.NONE,
          Source.of("dictionary-learning", name, folder),
          reader.notes);
    }
  }

  private SaeWeights weights(String name, ForeignConfig config) {
    return switch (name) {
      case "AutoEncoder" -> ofLayers("encoder.bias", "bias");
      case "AutoEncoderNew" -> uncentred(ofLayers("encoder.bias", "decoder.bias"));
      case "AutoEncoderTopK", "BatchTopKSAE" -> ofLayers("encoder.bias", "b_dec");
      case "GatedAutoEncoder" -> ofLayers("gate_bias", "decoder_bias");
      case "MatryoshkaBatchTopKSAE" -> ofMatrices();
      case "JumpReluAutoEncoder" -> uncentred(ofMatrices());
      default ->
          throw new WtaException(
              "%s has the class '%s', which no family here has".formatted(config.file(), name),
              "import AutoEncoder, AutoEncoderNew, AutoEncoderTopK, BatchTopKSAE,"
                  + " MatryoshkaBatchTopKSAE, JumpReluAutoEncoder or GatedAutoEncoder");
    };
  }

  /** Of linear layers, whose weights are {@code (outputs, inputs)}. */
  private SaeWeights ofLayers(String bias, String centre) {
    int latents = tensors.extent("encoder.weight", 2, 0);
    int inputs = tensors.extent("encoder.weight", 2, 1);
    return new SaeWeights(
        tensors.values("encoder.weight", latents, inputs),
        tensors.values(bias, latents),
        SaeWeights.transposed(tensors.values("decoder.weight", inputs, latents), inputs, latents),
        tensors.values(centre, inputs));
  }

  private SaeWeights ofMatrices() {
    int inputs = tensors.extent("W_enc", 2, 0);
    int latents = tensors.extent("W_enc", 2, 1);
    return new SaeWeights(
        SaeWeights.transposed(tensors.values("W_enc", inputs, latents), inputs, latents),
        tensors.values("b_enc", latents),
        tensors.values("W_dec", latents, inputs),
        tensors.values("b_dec", inputs));
  }

  private SaeWeights uncentred(SaeWeights stored) {
    notes.add("the decoder's bias is not subtracted there: the encoder's biases make up for it");
    return stored.centred();
  }

  /** As {@code load_dictionary} does, unless rows are as long already. */
  private SaeWeights normalised(SaeWeights stored) {
    for (double length : stored.lengths()) {
      if (Math.abs(length - 1) > ALREADY_UNIT) {
        notes.add("rows of the decoder get length 1, as load_dictionary makes them");
        return stored.withRowsOfLength1();
      }
    }
    return stored;
  }

  private SaeCode code(String name, int latents) {
    return switch (name) {
      case "AutoEncoder", "AutoEncoderNew" -> new SaeCode.Rectified();
      case "JumpReluAutoEncoder" -> SaeCode.Above.rectified(tensors.values("threshold", latents));
      case "GatedAutoEncoder" ->
          new SaeCode.Gated(tensors.values("r_mag", latents), tensors.values("mag_bias", latents));
      case "AutoEncoderTopK" -> {
        tensors.ignore("threshold"); // encode does not use it
        yield new SaeCode.TopK(k(), false);
      }
      case "BatchTopKSAE" -> ofBatch(1);
      case "MatryoshkaBatchTopKSAE" -> {
        List<Long> widths = new ArrayList<>();
        long width = 0;
        for (float size : tensors.values("group_sizes", tensors.extent("group_sizes", 1, 0))) {
          width += (long) size;
          widths.add(width);
        }
        yield ofBatch(SaeCode.OfBatch.prefixes(widths, latents, notes));
      }
      default -> throw new IllegalStateException(name + " has weights, and no code");
    };
  }

  private SaeCode ofBatch(int prefixes) {
    notes.add("codes are by the threshold, as encode has them");
    float threshold = Math.max(0, tensors.values("threshold")[0]);
    return new SaeCode.OfBatch(k(), threshold, false, prefixes);
  }

  /** The configuration's, which the file's has to agree with. */
  private int k() {
    int k = trainer.whole("k", 1);
    if (tensors.has("k") && tensors.values("k")[0] != k) {
      throw trainer.wrong("k", "the k of ae.pt, %s".formatted((int) tensors.values("k")[0]));
    }
    return k;
  }
}
