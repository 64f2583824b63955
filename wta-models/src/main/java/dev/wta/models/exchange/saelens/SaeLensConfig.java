package dev.wta.models.exchange.saelens;

import dev.wta.api.WtaException;
import dev.wta.models.exchange.file.ForeignConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What SAELens' {@code cfg.json} says of a model, configurations from before version 6 included,
 * which SAELens itself reads by the same rules.
 *
 * @param document the file
 * @param architecture how latents become active
 * @param inputs {@code d_in}
 * @param outputs {@code d_out} of a transcoder, else {@code d_in}
 * @param latents {@code d_sae}
 * @param centred whether the decoder's bias is subtracted from inputs
 * @param normalisation {@code normalize_activations}
 * @param before6 whether it is from before version 6
 */
record SaeLensConfig(
    ForeignConfig document,
    Architecture architecture,
    int inputs,
    int outputs,
    int latents,
    boolean centred,
    String normalisation,
    boolean before6) {
  private static final String NONE = "none";
  private static final String ARCHITECTURE = "architecture";
  private static final String NORMALISATION = "normalize_activations";
  private static final Pattern MAJOR_VERSION = Pattern.compile("(\\d{1,4})\\..*");
  private static final int TODAYS_FORM = 6;

  /** The architectures that a family here computes. */
  enum Architecture {
    STANDARD,
    TOPK,
    BATCHTOPK,
    MATRYOSHKA_BATCHTOPK,
    JUMPRELU,
    GATED,
    TRANSCODER,
    SKIP_TRANSCODER,
    JUMPRELU_TRANSCODER,
    JUMPRELU_SKIP_TRANSCODER;

    boolean transcodes() {
      return name().endsWith("TRANSCODER");
    }

    boolean skips() {
      return name().endsWith("SKIP_TRANSCODER");
    }
  }

  static SaeLensConfig read(Path file) {
    ForeignConfig config = ForeignConfig.read(file);
    boolean old = before6(config);
    if (old) {
      config = new ForeignConfig(file, migrated(config));
    }
    String reshaping = config.text("reshape_activations").orElse(NONE);
    if (!reshaping.equals(NONE) && !reshaping.equals("hook_z")) {
      throw refused(config, "reshape_activations '%s'".formatted(reshaping));
    }
    Architecture architecture = architecture(config);
    boolean transcodes = architecture.transcodes();
    boolean centred = config.flag("apply_b_dec_to_input", !transcodes);
    if (centred && transcodes) {
      throw refused(config, "apply_b_dec_to_input of a transcoder");
    }
    return new SaeLensConfig(
        config,
        architecture,
        config.whole("d_in", 1),
        config.whole(transcodes ? "d_out" : "d_in", 1),
        config.whole("d_sae", 1),
        centred,
        config.text(NORMALISATION).orElse(NONE),
        old);
  }

  private static boolean before6(ForeignConfig config) {
    String version =
        config
            .text("sae_lens_version")
            .or(() -> config.section("metadata").text("sae_lens_version"))
            .orElse("");
    Matcher major = MAJOR_VERSION.matcher(version);
    return !major.matches() || Integer.parseInt(major.group(1)) < TODAYS_FORM;
  }

  /** The members of an old configuration under the names of today. */
  private static Map<String, Object> migrated(ForeignConfig old) {
    Map<String, Object> members = new LinkedHashMap<>(old.members());
    members.putIfAbsent(ARCHITECTURE, "standard");
    String activation =
        old.text("activation_fn_str").or(() -> old.text("activation_fn")).orElse("relu");
    switch (activation) {
      case "relu" -> {}
      case "topk" -> {
        members.put(ARCHITECTURE, "topk");
        members.put("k", old.section("activation_fn_kwargs").members().get("k"));
      }
      default -> throw refused(old, "the activation function '%s'".formatted(activation));
    }
    if (members.get(NORMALISATION) instanceof Boolean scales) {
      members.put(NORMALISATION, scales ? "expected_average_only_in" : NONE);
    }
    return members;
  }

  private static Architecture architecture(ForeignConfig config) {
    String name = config.text(ARCHITECTURE).orElseThrow(() -> config.wrong(ARCHITECTURE, "a text"));
    for (Architecture known : Architecture.values()) {
      if (known.name().toLowerCase(Locale.ROOT).equals(name)) {
        return known;
      }
    }
    throw refused(config, "the architecture '%s'".formatted(name));
  }

  static WtaException refused(ForeignConfig config, String what) {
    return new WtaException(
        "%s has %s, which no family here has".formatted(config.file(), what),
        "import standard, topk, batchtopk, matryoshka_batchtopk, jumprelu, gated or a transcoder");
  }

  /** What the architecture is called in the file. */
  String title() {
    return architecture.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Whether activations are multiplied by the lengths of the decoder's rows. By default, as the
   * class that reads the file has it.
   */
  boolean weighsLengths() {
    return switch (architecture) {
      case TOPK -> document.flag("rescale_acts_by_decoder_norm", false);
      case BATCHTOPK, MATRYOSHKA_BATCHTOPK -> document.flag("rescale_acts_by_decoder_norm", true);
      default -> false;
    };
  }

  /** Whether samples are matrices that are flattened first: the heads of an attention layer. */
  boolean flattensHeads() {
    if (before6 && document.find("reshape_activations").isEmpty()) {
      return hook().filter(name -> name.contains("hook_z")).isPresent();
    }
    return document.text("reshape_activations").orElse(NONE).equals("hook_z");
  }

  /** The widths of the nested prefixes, the last of which has all latents; empty if absent. */
  List<?> widths() {
    return document.find("matryoshka_widths").orElse(List.of()) instanceof List<?> widths
        ? widths
        : List.of();
  }

  private Optional<String> hook() {
    return document
        .section("metadata")
        .text("hook_name")
        .or(() -> document.text("hook_name"))
        .or(() -> document.text("hook_point"));
  }

  /** Where the model is from: {@code format, architecture, path} and what it was trained on. */
  Map<String, Object> source() {
    Map<String, Object> source = new LinkedHashMap<>();
    source.put("format", "saelens");
    source.put(ARCHITECTURE, title());
    source.put("path", String.valueOf(document.file().getParent()));
    ForeignConfig metadata = before6 ? document : document.section("metadata");
    metadata.text("sae_lens_version").ifPresent(version -> source.put("version", version));
    metadata.text("model_name").ifPresent(model -> source.put("model", model));
    hook().ifPresent(hook -> source.put("hook", hook));
    return source;
  }
}
