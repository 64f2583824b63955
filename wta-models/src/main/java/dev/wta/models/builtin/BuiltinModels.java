package dev.wta.models.builtin;

import dev.wta.models.ModelFamily;
import dev.wta.models.ModelProvider;
import dev.wta.models.conv.ConvWta;
import dev.wta.models.drsae.Drsae;
import dev.wta.models.fc.Autoencoder;
import dev.wta.models.fc.FcWta;
import dev.wta.models.fc.KSparse;
import dev.wta.models.fc.NoisyAutoencoder;
import dev.wta.models.rbm.WtaRbm;
import dev.wta.models.roae.Roae;
import dev.wta.models.sae.BatchTopKSae;
import dev.wta.models.sae.GatedSae;
import dev.wta.models.sae.JumpReluSae;
import dev.wta.models.sae.MatryoshkaSae;
import dev.wta.models.sae.MultiKSae;
import dev.wta.models.sae.StandardSae;
import dev.wta.models.sae.TopKSae;
import dev.wta.models.stacked.Stacked;
import java.util.List;

/** The kinds of model of this jar. */
public final class BuiltinModels implements ModelProvider {
  @Override
  public List<ModelFamily> families() {
    return List.of(
        FcWta.FAMILY,
        ConvWta.FAMILY,
        Autoencoder.FAMILY,
        KSparse.FAMILY,
        NoisyAutoencoder.DENOISING,
        NoisyAutoencoder.DROPOUT,
        WtaRbm.FAMILY,
        Roae.FAMILY,
        Drsae.FAMILY,
        Stacked.FAMILY,
        TopKSae.FAMILY,
        BatchTopKSae.FAMILY,
        MatryoshkaSae.FAMILY,
        JumpReluSae.FAMILY,
        GatedSae.FAMILY,
        StandardSae.FAMILY,
        MultiKSae.FAMILY,
        TopKSae.TRANSCODER,
        BatchTopKSae.TRANSCODER,
        MatryoshkaSae.TRANSCODER,
        JumpReluSae.TRANSCODER,
        GatedSae.TRANSCODER,
        StandardSae.TRANSCODER,
        MultiKSae.TRANSCODER);
  }
}
