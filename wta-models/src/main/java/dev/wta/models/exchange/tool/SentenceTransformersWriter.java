package dev.wta.models.exchange.tool;

import dev.wta.models.exchange.model.ExportedSae;
import dev.wta.models.exchange.model.ExportedTensors;
import dev.wta.models.exchange.model.SaeCode;
import dev.wta.models.exchange.model.SaeWeights;
import dev.wta.models.exchange.model.TrainedSae;
import dev.wta.models.io.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The module {@code SparseAutoEncoder} of sentence-transformers, see {@link
 * SentenceTransformersReader}: codes of embeddings. Its decoder is the encoder's transpose, so that
 * of a run is not written unless it is that.
 */
public final class SentenceTransformersWriter {
  /** The names of the files. */
  public static final List<String> FILES = List.of("config.json", "model.safetensors");

  /** The families with its code. */
  public static final List<String> FAMILIES = List.of("topk", "multi-k");

  /** Its default: batches without an activation after which a latent is dead. */
  private static final int DEAD_AFTER = 30;

  private SentenceTransformersWriter() {}

  /** The files of a model of one of {@link #FAMILIES}. */
  public static ExportedSae export(TrainedSae trained, TensorType type) {
    TrainedSae sae = trained.unweighted();
    SaeWeights weights = sae.weights();
    int inputs = weights.inputs();
    int latents = weights.latents();
    ExportedTensors tensors = new ExportedTensors(type);
    tensors.put("encoder.weight", weights.encoder(), latents, inputs);
    tensors.put("latent_bias", weights.bias(), latents);
    tensors.put("pre_bias", weights.centre(), inputs);
    tensors.putWholes("stats_last_nonzero", TensorType.I64, new long[latents], latents);
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("input_dim", inputs);
    config.put("hidden_dim", latents);
    config.put("k", ((SaeCode.TopK) sae.code()).k());
    config.put("k_aux", Math.min(inputs, latents));
    config.put("normalize", false);
    config.put("dead_threshold", DEAD_AFTER);
    List<String> notes = new ArrayList<>(ExportedSae.notesOf(sae));
    if (!Arrays.equals(weights.encoder(), weights.decoder())) {
      notes.add(
          "the decoder is not written: there the encoder's transpose decodes, in training alone");
    }
    return ExportedSae.of(
        "SparseAutoEncoder",
        FILES.getLast(),
        tensors.safetensors(),
        FILES.getFirst(),
        config,
        notes);
  }
}
