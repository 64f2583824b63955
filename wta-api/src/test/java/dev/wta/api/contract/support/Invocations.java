package dev.wta.api.contract.support;

import static dev.wta.api.contract.support.Invocation.CAPACITY;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Dense.Binary;
import dev.wta.api.op.Dense.Reduction;
import dev.wta.api.op.Dense.Unary;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.Pool;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Update.AdamStep;
import dev.wta.api.op.Update.SgdStep;
import dev.wta.api.op.Window;
import dev.wta.api.random.Philox;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** A call of every operation that takes more than one operand. */
public final class Invocations {
  private static final Shape MATRIX = Shape.of(3, 4);
  private static final Shape ROW = Shape.of(4);
  private static final Shape COLUMN = Shape.of(3);
  private static final Shape ONE = Shape.of(1);
  private static final Shape IMAGES = Shape.of(2, 3, 6, 5);
  private static final Shape FILTERS = Shape.of(4, 3, 3, 2);
  private static final Shape MAPS = Shape.of(2, 4, 6, 6);
  private static final Window WINDOW = new Window(3, 2, 1);
  private static final Shape CODE = Shape.of(2, 4);
  private static final Shape SLOTS = Shape.of(CAPACITY);
  private static final Shape BATCH = Shape.of(2, 7);
  private static final Shape WEIGHTS = Shape.of(4, 7);
  private static final Philox STREAM = new Philox(1, 1);
  private static final SgdStep SGD = new SgdStep(1, 0, 0, true);
  private static final AdamStep ADAM = new AdamStep(1, 0, 0, 1, 0, false, 1);

  private Invocations() {}

  public static Stream<Invocation> all() {
    return Stream.of(dense(), convolution(), selection(), sparse(), update()).flatMap(List::stream);
  }

  /** What is to be checked of one invocation, given operands that are right. */
  @FunctionalInterface
  public interface Check {
    void of(Invocation invocation, List<Tensor> tensors, Winners winners);
  }

  /** A test for each invocation, with operands of {@code backend}. */
  public static Stream<DynamicTest> tests(Supplier<Backend> backend, Check check) {
    return all()
        .map(
            invocation ->
                DynamicTest.dynamicTest(
                    invocation.toString(),
                    () -> {
                      List<Tensor> tensors = invocation.tensors(backend.get());
                      Winners winners = invocation.winners(backend.get());
                      check.of(invocation, tensors, winners);
                      tensors.forEach(Tensor::close);
                      if (winners != null) {
                        winners.close();
                      }
                    }));
  }

  private static List<Invocation> dense() {
    return List.of(
        Invocation.of(
            "gemm",
            (b, t, _) ->
                b.dense()
                    .gemm(t.get(0), false, t.get(1), true, 1, 0, Epilogue.bias(t.get(2)), t.get(3)),
            Shape.of(3, 7),
            WEIGHTS,
            ROW,
            MATRIX),
        Invocation.of(
            "gemm",
            (b, t, _) ->
                b.dense().gemm(t.get(0), true, t.get(1), false, 1, 1, Epilogue.NONE, t.get(2)),
            Shape.of(7, 3),
            Shape.of(7, 4),
            MATRIX),
        Invocation.of(
            "normalProduct",
            (b, t, _) ->
                b.dense().normalProduct(t.get(0), t.get(1), t.get(2), t.get(3), t.get(4), t.get(5)),
            Shape.of(3, 7),
            WEIGHTS,
            ROW,
            MATRIX,
            MATRIX,
            WEIGHTS),
        Invocation.of(
            "transpose",
            (b, t, _) -> b.dense().transpose(t.get(0), t.get(1)),
            MATRIX,
            Shape.of(4, 3)),
        Invocation.of(
            "map", (b, t, _) -> b.dense().map(Unary.RELU, t.get(0), t.get(1)), MATRIX, MATRIX),
        Invocation.of(
            "zip",
            (b, t, _) -> b.dense().zip(Binary.ADD, t.get(0), t.get(1), t.get(2)),
            MATRIX,
            MATRIX,
            MATRIX),
        Invocation.of(
            "zipRow",
            (b, t, _) -> b.dense().zipRow(Binary.ADD, t.get(0), t.get(1), t.get(2)),
            MATRIX,
            ROW,
            MATRIX),
        Invocation.of(
            "zipColumn",
            (b, t, _) -> b.dense().zipColumn(Binary.ADD, t.get(0), t.get(1), t.get(2)),
            MATRIX,
            COLUMN,
            MATRIX),
        Invocation.of(
            "affine", (b, t, _) -> b.dense().affine(1, t.get(0), 0, t.get(1)), MATRIX, MATRIX),
        Invocation.of(
            "clip", (b, t, _) -> b.dense().clip(t.get(0), 0, 1, t.get(1)), MATRIX, MATRIX),
        Invocation.of("axpy", (b, t, _) -> b.dense().axpy(1, t.get(0), t.get(1)), MATRIX, MATRIX),
        Invocation.of(
            "reduceRows",
            (b, t, _) -> b.dense().reduceRows(Reduction.SUM, t.get(0), t.get(1)),
            MATRIX,
            COLUMN),
        Invocation.of(
            "reduceColumns",
            (b, t, _) -> b.dense().reduceColumns(Reduction.SUM, t.get(0), t.get(1)),
            Shape.of(3, 4),
            ROW),
        Invocation.of("dot", (b, t, _) -> b.dense().dot(t.get(0), t.get(1)), MATRIX, MATRIX),
        Invocation.of(
            "squaredError",
            (b, t, _) -> b.dense().squaredError(t.get(0), t.get(1), t.get(2), t.get(3)),
            MATRIX,
            MATRIX,
            MATRIX,
            ONE),
        Invocation.of(
            "softmaxCrossEntropy",
            (b, t, _) -> b.dense().softmaxCrossEntropy(t.get(0), t.get(1), t.get(2), t.get(3)),
            MATRIX,
            COLUMN,
            MATRIX,
            ONE),
        Invocation.of(
            "copy", (b, t, _) -> b.memory().copy(t.get(0), t.get(1)), MATRIX, Shape.of(12)),
        Invocation.of(
            "bernoulli",
            (b, t, _) -> b.randomness().bernoulli(STREAM, t.get(0), t.get(1)),
            MATRIX,
            MATRIX));
  }

  private static List<Invocation> convolution() {
    return List.of(
        Invocation.of(
            "forward",
            (b, t, _) ->
                b.convolution()
                    .forward(t.get(0), t.get(1), WINDOW, Epilogue.biasRelu(t.get(2)), t.get(3)),
            IMAGES,
            FILTERS,
            ROW,
            MAPS),
        Invocation.of(
            "transposed",
            (b, t, _) ->
                b.convolution()
                    .transposed(t.get(0), t.get(1), WINDOW, Epilogue.bias(t.get(2)), t.get(3)),
            MAPS,
            FILTERS,
            COLUMN,
            IMAGES),
        Invocation.of(
            "filterGradient",
            (b, t, _) -> b.convolution().filterGradient(t.get(0), t.get(1), WINDOW, 1, t.get(2)),
            IMAGES,
            MAPS,
            FILTERS),
        Invocation.of(
            "channelSums", (b, t, _) -> b.convolution().channelSums(t.get(0), t.get(1)), MAPS, ROW),
        Invocation.of(
            "maxPool",
            (b, t, _) -> b.convolution().maxPool(t.get(0), new Pool(3, 2), t.get(1), t.get(2)),
            IMAGES,
            Shape.of(2, 3, 3, 3),
            Shape.of(2, 3, 3, 3)),
        Invocation.of(
            "maxPoolGradient",
            (b, t, _) -> b.convolution().maxPoolGradient(t.get(0), t.get(1), t.get(2)),
            Shape.of(2, 3, 3, 3),
            Shape.of(2, 3, 3, 3),
            IMAGES));
  }

  private static List<Invocation> selection() {
    return List.of(
        Invocation.withWinners(
            "select",
            CODE,
            (b, t, w) -> b.selection().select(t.get(0), new SelectionRule.Lifetime(1), w),
            CODE),
        Invocation.withWinners(
            "select",
            CODE,
            (b, t, w) ->
                b.selection()
                    .select(
                        t.get(0),
                        new SelectionRule.Above(t.get(1)).then(new SelectionRule.PerSample(1)),
                        w),
            CODE,
            ROW),
        Invocation.withWinners(
            "encodeWinners",
            CODE,
            (b, t, w) ->
                b.selection()
                    .encodeWinners(
                        t.get(0),
                        t.get(1),
                        Optional.empty(),
                        t.get(2),
                        new SelectionRule.Lifetime(1),
                        w),
            BATCH,
            WEIGHTS,
            ROW),
        Invocation.withWinners(
            "encodeToFit",
            CODE,
            (b, t, w) ->
                b.selection()
                    .encodeToFit(
                        t.get(0), t.get(1), t.get(2), new SelectionRule.Above(t.get(3)), _ -> w),
            BATCH,
            WEIGHTS,
            ROW,
            ROW),
        Invocation.withWinners(
            "encodeWinners",
            MAPS,
            (b, t, w) ->
                b.selection()
                    .encodeWinners(
                        t.get(0),
                        t.get(1),
                        Optional.of(WINDOW),
                        t.get(2),
                        new SelectionRule.Lifetime(1),
                        w),
            IMAGES,
            FILTERS,
            ROW));
  }

  private static List<Invocation> sparse() {
    return List.of(
        Invocation.withWinners(
            "decode",
            CODE,
            (b, t, w) ->
                b.sparse()
                    .decode(
                        w, t.get(0), t.get(1), Optional.empty(), Optional.of(t.get(2)), t.get(3)),
            SLOTS,
            WEIGHTS,
            Shape.of(7),
            BATCH),
        Invocation.withWinners(
            "decode",
            MAPS,
            (b, t, w) ->
                b.sparse()
                    .decode(
                        w,
                        t.get(0),
                        t.get(1),
                        Optional.of(WINDOW),
                        Optional.of(t.get(2)),
                        t.get(3)),
            SLOTS,
            FILTERS,
            COLUMN,
            IMAGES),
        Invocation.withWinners(
            "codeGradient",
            CODE,
            (b, t, w) -> b.sparse().codeGradient(w, t.get(0), t.get(1), Optional.empty(), t.get(2)),
            BATCH,
            WEIGHTS,
            SLOTS),
        Invocation.withWinners(
            "codeGradient",
            MAPS,
            (b, t, w) ->
                b.sparse().codeGradient(w, t.get(0), t.get(1), Optional.of(WINDOW), t.get(2)),
            IMAGES,
            FILTERS,
            SLOTS),
        Invocation.withWinners(
            "unitSums", CODE, (b, t, w) -> b.sparse().unitSums(w, t.get(0), t.get(1)), SLOTS, ROW),
        Invocation.withWinners(
            "scatter", CODE, (b, t, w) -> b.sparse().scatter(w, t.get(0), t.get(1)), SLOTS, CODE),
        Invocation.withWinners(
            "gather", MAPS, (b, t, w) -> b.sparse().gather(w, t.get(0), t.get(1)), MAPS, SLOTS),
        Invocation.withWinners(
            "download", CODE, (b, t, w) -> b.memory().download(w, t.get(0)), SLOTS),
        Invocation.withWinners(
            "slicePositive",
            CODE,
            (b, t, w) ->
                b.memory()
                    .slicePositive(w, t.get(0), count -> b.memory().allocateWinners(CODE, count)),
            SLOTS),
        Invocation.withWinners(
            "least", CODE, (b, t, w) -> b.memory().least(w, t.get(0)), Shape.of(1)),
        Invocation.withWinners(
            "materialise",
            CODE,
            (b, t, w) ->
                b.sparse()
                    .materialise(
                        new Gradient.Factored(List.of(Gradient.Term.of(w, t.get(0), t.get(1)))),
                        1,
                        t.get(2)),
            SLOTS,
            BATCH,
            WEIGHTS),
        Invocation.withWinners(
            "materialise",
            MAPS,
            (b, t, w) ->
                b.sparse()
                    .materialise(
                        new Gradient.Factored(
                            List.of(Gradient.Term.of(w, t.get(0), t.get(1), WINDOW))),
                        1,
                        t.get(2)),
            SLOTS,
            IMAGES,
            FILTERS));
  }

  private static List<Invocation> update() {
    return List.of(
        Invocation.of(
            "sgd",
            (b, t, _) -> b.update().sgd(t.get(0), t.get(1), Gradient.dense(t.get(2)), SGD),
            MATRIX,
            MATRIX,
            MATRIX),
        Invocation.of(
            "adam",
            (b, t, _) ->
                b.update().adam(t.get(0), t.get(1), t.get(2), Gradient.dense(t.get(3)), ADAM),
            MATRIX,
            MATRIX,
            MATRIX,
            MATRIX),
        Invocation.withWinners(
            "sgd",
            CODE,
            (b, t, w) ->
                b.update()
                    .sgd(
                        t.get(0),
                        t.get(1),
                        Gradient.factored(Gradient.Term.of(w, t.get(2), t.get(3))),
                        SGD),
            WEIGHTS,
            WEIGHTS,
            SLOTS,
            BATCH),
        Invocation.withWinners(
            "adam",
            MAPS,
            (b, t, w) ->
                b.update()
                    .adam(
                        t.get(0),
                        t.get(1),
                        t.get(2),
                        Gradient.factored(Gradient.Term.of(w, t.get(3), t.get(4), WINDOW)),
                        ADAM),
            FILTERS,
            FILTERS,
            FILTERS,
            SLOTS,
            IMAGES));
  }
}
