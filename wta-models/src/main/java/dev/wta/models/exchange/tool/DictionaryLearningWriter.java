package dev.wta.models.exchange.tool;

import dev.wta.models.exchange.model.ExportedSae;
import dev.wta.models.exchange.model.ExportedTensors;
import dev.wta.models.exchange.model.SaeCode;
import dev.wta.models.exchange.model.SaeWeights;
import dev.wta.models.exchange.model.TrainedSae;
import dev.wta.models.exchange.pytorch.StateDictionaryWriter;
import dev.wta.models.io.TensorType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Models as dictionary_learning has them, see {@link DictionaryLearningReader}, each in the class
 * of its family. Its AutoEncoder has rows of length 1, which {@code load_dictionary} would make
 * them.
 */
public final class DictionaryLearningWriter {
  /** The names of the files. */
  public static final List<String> FILES = List.of("config.json", "ae.pt");

  /** The families that have a class there. */
  public static final List<String> FAMILIES =
      List.of("standard", "topk", "multi-k", "batch-topk", "matryoshka", "jumprelu", "gated");

  private static final float NEVER_SET = -1;

  private final TrainedSae sae;
  private final SaeWeights weights;
  private final ExportedTensors tensors;

  private DictionaryLearningWriter(TrainedSae sae, SaeWeights weights, TensorType type) {
    this.sae = sae;
    this.weights = weights;
    tensors = new ExportedTensors(type);
  }

  /** The files of a model of one of {@link #FAMILIES}. */
  public static ExportedSae export(TrainedSae trained, TensorType type) {
    TrainedSae sae = trained.unweighted();
    SaeWeights weights =
        switch (sae.code()) {
          case SaeCode.Rectified _ -> withoutZeroRows(sae.weights().withRowsOfLength1());
          case SaeCode.Above _ -> sae.weights().uncentred();
          default -> sae.weights();
        };
    DictionaryLearningWriter writer = new DictionaryLearningWriter(sae, weights, type);
    Map<String, Object> trainer = new LinkedHashMap<>();
    String dictClass = writer.gather(trainer);
    trainer.put("dict_class", dictClass);
    trainer.put("activation_dim", weights.inputs());
    trainer.put("dict_size", weights.latents());
    return ExportedSae.of(
        dictClass,
        FILES.getLast(),
        new StateDictionaryWriter(writer.tensors.all()),
        FILES.getFirst(),
        Map.of("trainer", trainer),
        sae.code() instanceof SaeCode.Rectified
            ? List.of(ExportedSae.PRODUCTS)
            : ExportedSae.notesOf(sae));
  }

  /** A latent that encodes nothing decodes something of length 1, or it could not be loaded. */
  private static SaeWeights withoutZeroRows(SaeWeights weights) {
    double[] lengths = weights.lengths();
    float[] rows = weights.decoder().clone();
    for (int latent = 0; latent < lengths.length; latent++) {
      if (lengths[latent] == 0) {
        rows[latent * weights.outputs()] = 1;
      }
    }
    return new SaeWeights(weights.encoder(), weights.bias(), rows, weights.centre());
  }

  /** Gathers the tensors of a class, and returns its name. */
  private String gather(Map<String, Object> trainer) {
    int latents = weights.latents();
    switch (sae.code()) {
      case SaeCode.Rectified _ -> {
        putLayers("encoder.bias", "bias");
        return "AutoEncoder";
      }
      case SaeCode.TopK(int k, boolean _) -> {
        putLayers("encoder.bias", "b_dec");
        putCompetition(trainer, k, NEVER_SET);
        return "AutoEncoderTopK";
      }
      case SaeCode.OfBatch batch when batch.prefixes() == 1 -> {
        putLayers("encoder.bias", "b_dec");
        putCompetition(trainer, batch.k(), batch.threshold());
        return "BatchTopKSAE";
      }
      case SaeCode.OfBatch batch -> {
        putMatrices();
        putCompetition(trainer, batch.k(), batch.threshold());
        long[] sizes = sizes(sae.widths(batch.prefixes()));
        tensors.putWholes("group_sizes", TensorType.I64, sizes, sizes.length);
        return "MatryoshkaBatchTopKSAE";
      }
      case SaeCode.Above(float[] thresholds) -> {
        putMatrices();
        tensors.put("threshold", thresholds, latents);
        return "JumpReluAutoEncoder";
      }
      case SaeCode.Gated(float[] logScale, float[] bias) -> {
        putLayers("gate_bias", "decoder_bias");
        tensors.put("r_mag", logScale, latents);
        tensors.put("mag_bias", bias, latents);
        return "GatedAutoEncoder";
      }
    }
  }

  /** Of linear layers, whose weights are {@code (outputs, inputs)}. */
  private void putLayers(String bias, String centre) {
    int latents = weights.latents();
    int inputs = weights.inputs();
    tensors.put("encoder.weight", weights.encoder(), latents, inputs);
    tensors.put(bias, weights.bias(), latents);
    tensors.put(
        "decoder.weight",
        SaeWeights.transposed(weights.decoder(), latents, inputs),
        inputs,
        latents);
    tensors.put(centre, weights.centre(), inputs);
  }

  private void putMatrices() {
    int latents = weights.latents();
    int inputs = weights.inputs();
    tensors.put(
        "W_enc", SaeWeights.transposed(weights.encoder(), latents, inputs), inputs, latents);
    tensors.put("b_enc", weights.bias(), latents);
    tensors.put("W_dec", weights.decoder(), latents, inputs);
    tensors.put("b_dec", weights.centre(), inputs);
  }

  private void putCompetition(Map<String, Object> trainer, int k, float threshold) {
    trainer.put("k", k);
    tensors.putWholes("k", TensorType.I32, new long[] {k});
    tensors.put("threshold", new float[] {threshold});
  }

  private static long[] sizes(List<Integer> widths) {
    long[] sizes = new long[widths.size()];
    long before = 0;
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = widths.get(i) - before;
      before = widths.get(i);
    }
    return sizes;
  }
}
