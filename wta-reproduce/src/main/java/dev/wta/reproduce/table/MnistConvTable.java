package dev.wta.reproduce.table;

import static dev.wta.reproduce.Reported.recalled;

import dev.wta.reproduce.ExperimentScale;
import dev.wta.reproduce.Laboratory;
import dev.wta.reproduce.PaperTable;
import dev.wta.reproduce.Representation;
import dev.wta.reproduce.Row;
import dev.wta.reproduce.TableProvider;
import dev.wta.reproduce.source.MnistFiles;
import java.util.List;

/** Convolutional features of MNIST, learnt without labels, and a linear SVM with all labels. */
public final class MnistConvTable implements TableProvider {
  @Override
  public PaperTable table() {
    return new PaperTable(
        "mnist-conv",
        "MNIST, unsupervised convolutional features and a linear SVM",
        WtaPaper.TITLE,
        "error %",
        new MnistFiles(),
        MnistTables.SAMPLES,
        MnistTables.TEST_SAMPLES,
        List.of(
            Row.quoted("deep deconvolutional network", recalled(0.84)),
            Row.quoted("convolutional DBN", recalled(0.82)),
            Row.quoted("scattering", recalled(0.43)),
            Row.quoted("convolutional kernel network", recalled(0.39)),
            Row.measured(
                "CONV-WTA, 16 maps",
                recalled(1.02),
                Representation.of(MnistTables.CONV_16).scaled(WtaPaper.SCALING),
                Laboratory::error),
            Row.measured(
                    "CONV-WTA, 16 maps above 128 and 128",
                    recalled(1.02),
                    Representation.of(MnistTables.CONV_128_128_16).scaled(WtaPaper.SCALING),
                    Laboratory::error)
                .noting("128conv5-128conv5-16conv5, as others read the paper"),
            Row.measured(
                "CONV-WTA, 128 maps",
                recalled(0.64),
                Representation.of(MnistTables.CONV_128).scaled(WtaPaper.SCALING),
                Laboratory::error),
            Row.measured(
                    "stacked CONV-WTA, 128 and 2048 maps",
                    recalled(0.48),
                    Representation.of(MnistTables.STACKED).scaled(WtaPaper.SCALING),
                    Laboratory::error)
                .only(ExperimentScale.SMOKE, ExperimentScale.FULL)));
  }
}
