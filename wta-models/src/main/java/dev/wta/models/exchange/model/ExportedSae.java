package dev.wta.models.exchange.model;

import dev.wta.models.io.FileOperations;
import dev.wta.models.io.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A model in the form of another tool, before it is on the disk.
 *
 * @param architecture what the tool calls it, such as {@code jumprelu}
 * @param files what goes into each file, by its name; the configuration is the last one
 * @param notes what a user should know of the conversion: sentences without a full stop
 */
public record ExportedSae(
    String architecture, SequencedMap<String, FileOperations.Content> files, List<String> notes) {
  /** What a user should know where codes are such products. */
  public static final String PRODUCTS =
      "codes there are those here times the lengths of the decoder's rows";

  /**
   * A model of two files.
   *
   * @param weights the name of the file of weights, which is written first
   * @param content of the file of weights
   * @param configuration the name of the other
   * @param settings what the other says, as one JSON object
   */
  public static ExportedSae of(
      String architecture,
      String weights,
      FileOperations.Content content,
      String configuration,
      Map<String, Object> settings,
      List<String> notes) {
    byte[] document = (Json.line(settings) + "\n").getBytes(StandardCharsets.UTF_8);
    SequencedMap<String, FileOperations.Content> files = new LinkedHashMap<>();
    files.put(weights, content);
    files.put(configuration, out -> out.write(document));
    return new ExportedSae(architecture, files, List.copyOf(notes));
  }

  /** What a user should know of codes that are products with the lengths of rows. */
  public static List<String> notesOf(TrainedSae sae) {
    boolean rescaled = sae.code() instanceof SaeCode.TopK topk && topk.weighted();
    return sae.multiplied() || rescaled ? List.of(PRODUCTS) : List.of();
  }
}
