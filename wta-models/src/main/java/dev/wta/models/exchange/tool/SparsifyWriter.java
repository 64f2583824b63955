package dev.wta.models.exchange.tool;

import dev.wta.api.WtaException;
import dev.wta.models.exchange.model.ExportedSae;
import dev.wta.models.exchange.model.ExportedTensors;
import dev.wta.models.exchange.model.SaeCode;
import dev.wta.models.exchange.model.SaeWeights;
import dev.wta.models.exchange.model.TrainedSae;
import dev.wta.models.io.TensorType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Models as EleutherAI's sparsify has them, see {@link SparsifyReader}: TopK of autoencoders, and
 * of transcoders whose targets are as wide as their samples.
 */
public final class SparsifyWriter {
  /** The names of the files. */
  public static final List<String> FILES = List.of("cfg.json", "sae.safetensors");

  /** The families that a SparseCoder computes. */
  public static final List<String> FAMILIES =
      List.of("topk", "multi-k", "topk-transcoder", "multi-k-transcoder");

  private SparsifyWriter() {}

  /**
   * The files of a model of one of {@link #FAMILIES}.
   *
   * @throws WtaException if its targets are of another width than its samples
   */
  public static ExportedSae export(TrainedSae trained, TensorType type) {
    TrainedSae sae = trained.unweighted();
    SaeWeights weights = sae.weights();
    int inputs = weights.inputs();
    int latents = weights.latents();
    if (weights.outputs() != inputs) {
      throw new WtaException(
          "a SparseCoder makes as many numbers as it reads, and this makes %d of %d"
              .formatted(weights.outputs(), inputs),
          "export it to another format, or train it towards targets of the samples' width");
    }
    ExportedTensors tensors = new ExportedTensors(type);
    tensors.put("encoder.weight", weights.encoder(), latents, inputs);
    tensors.put("encoder.bias", weights.bias(), latents);
    tensors.put("W_dec", weights.decoder(), latents, inputs);
    tensors.put("b_dec", weights.centre(), inputs);
    weights.skip().ifPresent(skip -> tensors.put("W_skip", skip, inputs, inputs));
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("activation", "topk");
    config.put("expansion_factor", Math.max(1, latents / inputs));
    config.put("normalize_decoder", false);
    config.put("num_latents", latents);
    config.put("k", ((SaeCode.TopK) sae.code()).k());
    config.put("multi_topk", false);
    config.put("skip_connection", weights.skip().isPresent());
    config.put("transcode", sae.transcodes());
    config.put("d_in", inputs);
    return ExportedSae.of(
        "topk",
        FILES.getLast(),
        tensors.safetensors(),
        FILES.getFirst(),
        config,
        ExportedSae.notesOf(sae));
  }
}
