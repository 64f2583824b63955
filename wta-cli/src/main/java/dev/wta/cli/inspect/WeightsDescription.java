package dev.wta.cli.inspect;

import dev.wta.models.exchange.SaeFormat;
import dev.wta.models.exchange.model.ImportedSae;
import dev.wta.models.io.Safetensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a file of weights is, or a model of another tool. */
final class WeightsDescription {
  private WeightsDescription() {}

  static Description of(Path file) {
    try (Safetensors tensors = Safetensors.openForeign(file)) {
      Map<String, Object> each = new LinkedHashMap<>();
      long numbers = 0;
      for (String name : tensors.names()) {
        numbers += tensors.shape(name).size();
        each.put(name, "%s %s".formatted(tensors.type(name), tensors.shape(name)));
      }
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("numbers", numbers);
      facts.put("tensors", each);
      return new Description(
          "safetensors",
          facts,
          List.of(
              "wta info FOLDER, of the model or the run that these weights belong to",
              "wta info %s --column TENSOR, if it holds samples".formatted(file)));
    }
  }

  static Description of(Path folder, SaeFormat format) {
    ImportedSae sae = format.read(folder);
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("format", format.title());
    facts.put("family", sae.family());
    facts.put("inputs", sae.inputs());
    facts.put("latents", sae.latents());
    facts.put("settings", sae.settings());
    facts.put("source", sae.source());
    facts.put("notes", sae.notes());
    return new Description(
        "sparse autoencoder of another tool",
        facts,
        List.of("wta import sae %s --out RUN".formatted(folder)));
  }
}
