package dev.wta.models.sae;

import dev.wta.api.WtaException;
import dev.wta.api.op.Memory;
import dev.wta.api.op.MemoryNeed;
import dev.wta.models.ModelFamily;
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.SettingsRecord;
import java.util.Optional;

/** The settings that all sparse autoencoders share. */
public record SaeSettings(
    @Setting(help = "number of latents", min = 1, max = 1 << 20, shapesParameters = true)
        int hidden,
    @Setting(
            help =
                "length of the decoder's rows: unit fixes it at 1; weighted learns it, and latents"
                    + " compete by activation times length; free learns it, and they compete by"
                    + " activation",
            shapesParameters = true)
        DecoderRows decoderRows,
    @Setting(
            help = "initial length of the decoder's rows, unless it is unit",
            above = 0,
            max = 1e3,
            shapesParameters = true)
        double decoderNorm,
    @Setting(
            help = "initial value of the decoder's bias: the samples' geometric median, or zero",
            shapesParameters = true)
        FirstCentre firstCentre,
    @Setting(
            help =
                "whether the loss and the settings in its unit are relative to the samples'"
                    + " variance",
            shapesParameters = true)
        LossScale lossScale,
    @Setting(
            help = "consecutive samples that leave a latent inactive until it counts as dead",
            min = 1,
            max = 1 << 24) // float32 counts no further
        int deadAfter) {
  public static final SaeSettings DEFAULTS =
      new SaeSettings(
          2000, DecoderRows.WEIGHTED, 0.1, FirstCentre.MEDIAN, LossScale.VARIANCE, 100_000);

  /** The lengths of the decoder's rows, a latent each. */
  public enum DecoderRows {
    /** They stay at 1. */
    UNIT,
    /** They are learnt, and latents compete by activation times length. */
    WEIGHTED,
    /** They are learnt, and latents compete by activation. */
    FREE
  }

  /** The initial value of the decoder's bias. */
  public enum FirstCentre {
    MEDIAN,
    ZERO
  }

  /** What losses are relative to. */
  public enum LossScale {
    VARIANCE,
    NONE
  }

  /** Whether the decoder's rows have lengths of their own. */
  public boolean freeRows() {
    return decoderRows != DecoderRows.UNIT;
  }

  /** Whether latents compete by their activations times their rows' lengths. */
  public boolean weighsLengths() {
    return decoderRows == DecoderRows.WEIGHTED;
  }

  /**
   * The unit of thresholds of activations: the initial standard deviation of the activation of a
   * latent that is parallel to the samples.
   */
  public double activationUnit(double variance) {
    if (lossScale == LossScale.NONE) {
      return 1;
    }
    return Math.sqrt(variance) * firstLength();
  }

  /** The initial length of the decoder's rows. */
  public double firstLength() {
    return freeRows() ? decoderNorm : 1;
  }

  /**
   * Checks that encoder and decoder can be held.
   *
   * @throws dev.wta.api.WtaException if their weights alone are more than the memory
   */
  void requireMemory(int inputs, int outputs, Memory memory) {
    String what = "the weights of %,d latents of %,d inputs".formatted(hidden, inputs);
    MemoryNeed.require(memory, what, (double) hidden * ((double) inputs + outputs));
  }

  /**
   * What a sparse autoencoder is built from.
   *
   * @param <S> its settings
   * @param family the family's name
   * @param settings the autoencoder's settings
   * @param transcoder all settings of a transcoder with its code; empty for the autoencoder itself
   */
  record Design<S extends SettingsRecord<?>>(
      String family, S settings, Optional<TranscoderSettings<?>> transcoder) {
    /** The autoencoder itself. */
    static <S extends SettingsRecord<?>> Design<S> of(String family, S settings) {
      return new Design<>(family, settings, Optional.empty());
    }

    /** All settings, as a configuration has them. */
    SettingsRecord<?> all() {
      return transcoder.isPresent() ? transcoder.get() : settings;
    }
  }

  /**
   * The settings of one kind of sparse autoencoder, these among them.
   *
   * @param <S> the record
   */
  public interface Within<S extends Record & Within<S>> extends SettingsRecord<S> {
    SaeSettings sae();

    /**
     * The transcoders with such a code.
     *
     * @throws WtaException if there are none
     */
    default ModelFamily transcoder() {
      throw new WtaException(
          "there are no transcoders with the code of %s".formatted(getClass().getName()),
          "override its method transcoder(), or take one of wta's own codes");
    }

    /** The number of latents. */
    default S hidden(int latents) {
      return with("hidden", latents);
    }

    default S decoderRows(DecoderRows rows) {
      return with("decoder-rows", rows);
    }

    default S decoderNorm(double length) {
      return with("decoder-norm", length);
    }

    default S firstCentre(FirstCentre centre) {
      return with("first-centre", centre);
    }

    default S lossScale(LossScale scale) {
      return with("loss-scale", scale);
    }

    /** The number of consecutive samples without activity after which a latent is dead. */
    default S deadAfter(int samples) {
      return with("dead-after", samples);
    }

    /**
     * Checks that a number of latents is one that the model has.
     *
     * @throws dev.wta.api.WtaException if the setting of that key is more than the latents
     */
    default void requireLatents(String key) {
      requireAtMost(key, sae().hidden(), "the model has %,d latents".formatted(sae().hidden()));
    }
  }
}
