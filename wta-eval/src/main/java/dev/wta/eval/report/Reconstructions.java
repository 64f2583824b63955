package dev.wta.eval.report;

import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.eval.image.TileShape;
import dev.wta.eval.report.html.Element;
import dev.wta.eval.report.html.InlineImage;
import dev.wta.eval.report.html.NumberFormats;
import dev.wta.eval.report.html.Range;
import dev.wta.eval.report.html.Section;
import dev.wta.eval.report.html.Tile;
import dev.wta.models.Model;
import java.util.Arrays;

/** Samples, as the model sees them, above what it makes of them. */
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
    Dataset spread = SampleSpread.over(data, count);
    Shape sample = model.sampleShape();
    int inputs = Math.toIntExact(sample.size());
    float[] originals = new float[count * inputs];
    spread.read(0, count, originals, 0);
    Preprocessing preprocessing =
        model.preprocessing().orElseGet(() -> Preprocessing.standard(data.elementType()));
    preprocessing.apply(originals, count, sample);
    float[] made = reconstruct(model, originals, count);
    TileShape shape = TileShape.of(sample);
    Element pairs = Element.of("ol").with("class", "comparisons");
    for (int i = 0; i < Math.min(count, SHOWN); i++) {
      Range range = Range.of(originals, i * inputs, inputs);
      pairs.add(
          Element.of(
              "li",
              InlineImage.of(Tile.of(originals, i * inputs, shape), range).img("Sample " + (i + 1)),
              InlineImage.of(Tile.of(made, i * inputs, shape), range)
                  .img("Reconstruction of sample " + (i + 1))));
    }
    return Section.of(
        "reconstructions",
        "What comes back",
        Section.note(
            "Samples as the model sees them, and below each what it makes of it through the"
                + " competition, in a batch of %s as in training."
                    .formatted(NumberFormats.count(count))),
        pairs);
  }

  private static float[] reconstruct(Model model, float[] originals, int count) {
    Backend backend = model.backend();
    try (Tensor x = backend.memory().allocate(model.sampleShape().batch(count));
        Tensor out = backend.memory().allocate(x.shape())) {
      backend.memory().upload(originals, 0, x);
      model.reconstruct(x, out);
      return Arrays.copyOf(backend.memory().download(out), originals.length);
    }
  }
}
