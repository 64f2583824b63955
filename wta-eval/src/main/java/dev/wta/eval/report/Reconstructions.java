package dev.wta.eval.report;

import dev.wta.data.Dataset;
import dev.wta.eval.image.TileShape;
import dev.wta.eval.report.html.Element;
import dev.wta.eval.report.html.InlineImage;
import dev.wta.eval.report.html.NumberFormats;
import dev.wta.eval.report.html.Range;
import dev.wta.eval.report.html.Section;
import dev.wta.eval.report.html.Tile;
import dev.wta.models.ForwardPass;
import dev.wta.models.Model;
import java.util.Optional;

/**
 * The section on reconstructions: samples, or a transcoder's targets, above their reconstructions,
 * in the data's unit, or pre-processed if that cannot be undone.
 */
final class Reconstructions {
  private static final int SHOWN = 32;

  private Reconstructions() {}

  /**
   * The section. Samples compete in a batch as large as those of training: in a smaller one fewer
   * units would win for each.
   *
   * @param targets what a transcoder is to make of the data; empty for other models
   * @param batch the samples of a batch in training
   */
  static Element section(Model model, Dataset data, Optional<Dataset> targets, int batch) {
    int count = Math.min(batch, data.size());
    int inputs = Math.toIntExact(model.reconstructionShape().size());
    TileShape shape = TileShape.of(model.reconstructionShape());
    boolean undone;
    Element pairs = Element.of("ol").with("class", "comparisons");
    try (ForwardPass pass = ForwardPass.of(model, SampleSpread.over(data, count), count)) {
      targets.map(all -> SampleSpread.over(all, count)).ifPresent(pass::towards);
      pass.next();
      undone = pass.targetPreprocessing().irreversible().isEmpty();
      float[] wanted = pass.targets().orElseThrow();
      float[] decoded = pass.reconstructions().orElseThrow();
      float[] originals = undone ? pass.undone(wanted) : wanted;
      float[] made = undone ? pass.undone(decoded) : decoded;
      for (int i = 0; i < Math.min(count, SHOWN); i++) {
        Range range = Range.of(originals, i * inputs, inputs);
        pairs.add(
            Element.of(
                "li",
                InlineImage.of(Tile.of(originals, i * inputs, shape), range)
                    .img("Sample " + (i + 1)),
                InlineImage.of(Tile.of(made, i * inputs, shape), range)
                    .img("Reconstruction of sample " + (i + 1))));
      }
    }
    String what = targets.isPresent() ? "Targets" : "Samples";
    return Section.of(
        "reconstructions",
        "Reconstructions",
        Section.note(
            ("%s%s, and below each what the model makes of it through the competition, in a"
                    + " batch of %s as in training.")
                .formatted(
                    what, undone ? "" : " as the model sees them", NumberFormats.count(count))),
        pairs);
  }
}
