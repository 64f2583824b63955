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

/**
 * Samples above what the model makes of them: in the inputs' own unit, or, where pre-processing
 * cannot be undone, as the model sees them.
 */
final class Reconstructions {
  private static final int SHOWN = 32;

  private Reconstructions() {}

  /**
   * The section. Samples compete in a batch as large as those of training: in a smaller one fewer
   * units would win for each.
   *
   * @param batch the samples of a batch in training
   */
  static Element section(Model model, Dataset data, int batch) {
    int count = Math.min(batch, data.size());
    int inputs = Math.toIntExact(model.sampleShape().size());
    TileShape shape = TileShape.of(model.sampleShape());
    boolean undone;
    Element pairs = Element.of("ol").with("class", "comparisons");
    try (ForwardPass pass = ForwardPass.of(model, SampleSpread.over(data, count), count)) {
      pass.next();
      undone = pass.preprocessing().irreversible().isEmpty();
      float[] decoded = pass.reconstructions().orElseThrow();
      float[] originals = undone ? pass.undone(pass.samples()) : pass.samples();
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
    return Section.of(
        "reconstructions",
        "Reconstructions",
        Section.note(
            ("Samples%s, and below each what the model makes of it through the competition, in a"
                    + " batch of %s as in training.")
                .formatted(undone ? "" : " as the model sees them", NumberFormats.count(count))),
        pairs);
  }
}
