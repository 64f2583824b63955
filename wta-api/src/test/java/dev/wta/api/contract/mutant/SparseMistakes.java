package dev.wta.api.contract.mutant;

import dev.wta.api.backend.Backend;
import dev.wta.api.contract.ConvolutionContract.Geometry;
import dev.wta.api.contract.mutant.Mutant.Operation;
import dev.wta.api.contract.support.Codes;
import dev.wta.api.contract.support.Sizes.Product;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.Update.RowNorm;
import dev.wta.api.op.Update.SgdStep;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Mistakes in {@link dev.wta.api.op.Sparse} and {@link dev.wta.api.op.Update}. */
final class SparseMistakes {
  private static final Shape MATRIX = Shape.of(13, 31);
  private static final Product SIZE = new Product(13, 31, 7);
  private static final Geometry GEOMETRY = Geometry.of(2, 2, 5, 6, 3, Window.same(3));
  private static final Codes.Source UNITS = Codes.ofUnits().getFirst();
  private static final Codes.Source MAPS = Codes.ofMaps().getFirst();

  private SparseMistakes() {}

  static Stream<Mistake> all() {
    return Stream.concat(sparse(), update());
  }

  private static Stream<Mistake> sparse() {
    return Stream.of(
        Mistake.of(
            "decoding maps forgets the bias",
            "sparse",
            "decode",
            (_, decode) -> decode.proceedWith(4, Optional.empty()),
            contract -> contract.decodeMaps(MAPS, GEOMETRY)),
        Mistake.of(
            "decoding maps turns its filters round",
            "sparse",
            "decode",
            (right, decode) -> withTurned(right, decode, 2),
            contract -> contract.decodeMaps(MAPS, GEOMETRY)),
        Mistake.of(
            "the code's gradient takes the next unit's weights",
            "sparse",
            "codeGradient",
            (right, gradient) -> withShifted(right, gradient, 2),
            contract -> contract.codeGradient(UNITS, SIZE)),
        Mistake.of(
            "the maps' gradient turns its filters round",
            "sparse",
            "codeGradient",
            (right, gradient) -> withTurned(right, gradient, 2),
            contract -> contract.codeGradientMaps(MAPS, GEOMETRY)),
        Mistake.of(
            "unit sums add to what was there",
            "sparse",
            "unitSums",
            (right, sums) -> addingTo(right, sums, 2),
            contract -> contract.unitSums(UNITS, SIZE)),
        Mistake.of(
            "scattering leaves what is no winner as it was",
            "sparse",
            "scatter",
            (right, scatter) -> addingTo(right, scatter, 2),
            contract -> contract.gatherAndScatter(UNITS, SIZE)),
        Mistake.of(
            "gathering takes the next element",
            "sparse",
            "gather",
            (right, gather) -> withShifted(right, gather, 1),
            contract -> contract.gatherAndScatter(UNITS, SIZE)),
        Mistake.of(
            "a materialised gradient forgets what was there",
            "sparse",
            "materialise",
            (_, materialise) -> materialise.proceedWith(1, 0f),
            contract -> contract.materialise(UNITS, SIZE)),
        Mistake.of(
            "a materialised gradient of maps is twice as large",
            "sparse",
            "materialise",
            (right, materialise) -> {
              materialise.proceed();
              right.dense().affine(2, materialise.tensor(2), 0, materialise.tensor(2));
            },
            contract -> contract.materialiseMaps(MAPS, GEOMETRY)));
  }

  private static Stream<Mistake> update() {
    return Stream.of(
        Mistake.of(
            "SGD ignores that a step should be tangent",
            "update",
            "sgd",
            (_, sgd) -> {
              SgdStep step = (SgdStep) sgd.arguments().get(3);
              sgd.proceedWith(3, new SgdStep(step.rate(), step.momentum(), step.decay(), false));
            },
            contract -> contract.sgd(MATRIX)),
        Mistake.of(
            "SGD forgets all terms but the first",
            "update",
            "sgd",
            (_, sgd) -> sgd.proceedWith(2, firstTerm((Gradient) sgd.arguments().get(2))),
            contract -> contract.updatesTiedWeights(UNITS, SIZE)),
        Mistake.of(
            "Adam forgets all terms but the first",
            "update",
            "adam",
            (_, adam) -> adam.proceedWith(3, firstTerm((Gradient) adam.arguments().get(3))),
            contract -> contract.updatesTiedWeights(UNITS, SIZE)),
        Mistake.of(
            "Adam moves filters by what their neighbours see",
            "update",
            "adam",
            (right, adam) -> {
              Gradient.Term term = ((Gradient.Factored) adam.arguments().get(3)).terms().getFirst();
              float[] images = right.memory().download(term.batch());
              System.arraycopy(images, 0, images, 1, images.length - 1);
              try (Tensor shifted = right.memory().of(term.batch().shape(), images)) {
                adam.proceedWith(
                    3,
                    Gradient.factored(
                        new Gradient.Term(
                            term.winners(), term.coefficients(), shifted, term.window())));
              }
            },
            contract -> contract.updatesFilters(MAPS, GEOMETRY)),
        Mistake.of(
            "rows that are short enough are lengthened",
            "update",
            "normaliseRows",
            (_, normalise) -> normalise.proceedWith(1, RowNorm.EXACTLY),
            contract -> contract.normaliseRows(RowNorm.AT_MOST)),
        Mistake.of(
            "a row of zeros becomes NaN",
            "update",
            "normaliseRows",
            (right, normalise) -> {
              normalise.proceed();
              Tensor rows = normalise.tensor(0);
              float[] values = right.memory().download(rows);
              for (int i = 0; i < values.length; i++) {
                values[i] = values[i] == 0 ? Float.NaN : values[i];
              }
              right.memory().upload(values, 0, rows);
            },
            contract -> contract.normaliseRows(RowNorm.EXACTLY)));
  }

  private static Gradient firstTerm(Gradient gradient) {
    return switch (gradient) {
      case Gradient.Dense dense -> dense;
      case Gradient.Factored(List<Gradient.Term> terms) -> Gradient.factored(terms.getFirst());
    };
  }

  private static void withTurned(Backend right, Operation operation, int index) {
    Tensor filters = operation.tensor(index);
    float[] values = right.memory().download(filters);
    float[] turned = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      turned[i] = values[values.length - 1 - i];
    }
    try (Tensor wrong = right.memory().of(filters.shape(), turned)) {
      operation.proceedWith(index, wrong);
    }
  }

  private static void withShifted(Backend right, Operation operation, int index) {
    Tensor matrix = operation.tensor(index);
    int width = matrix.shape().rowSize();
    float[] values = right.memory().download(matrix);
    System.arraycopy(values, width, values, 0, values.length - width);
    try (Tensor wrong = right.memory().of(matrix.shape(), values)) {
      operation.proceedWith(index, wrong);
    }
  }

  private static void addingTo(Backend right, Operation operation, int index) {
    Tensor out = operation.tensor(index);
    try (Tensor before = right.memory().of(out.shape(), right.memory().download(out))) {
      operation.proceed();
      right.dense().axpy(1, before, out);
    }
  }
}
