package dev.wta.api.contract.support;

import dev.wta.api.backend.Backend;
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
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Short programs that exercise each group of operations at sizes worth splitting between threads.
 */
public final class Programs {
  private Programs() {}

  /**
   * From a fresh backend to results on the host. The backend's closing frees what was allocated.
   */
  public record Program(String name, Function<Backend, List<float[]>> run) {}

  public static Stream<Program> all() {
    return Stream.of(
        new Program("gemm", Programs::gemm),
        new Program("a normal product", Programs::normalProduct),
        new Program("reductions", Programs::reductions),
        new Program("losses", Programs::losses),
        new Program("convolution", Programs::convolution),
        new Program("an FC-WTA step", Programs::fullyConnected),
        new Program("TopK and BatchTopK", Programs::topK),
        new Program("encoding by every rule", Programs::encodedUnits),
        new Program("a CONV-WTA step", Programs::maps),
        new Program("encoding maps of many channels", Programs::encodedMaps),
        new Program("random numbers", Programs::random));
  }

  private static Tensor random(Backend backend, long seed, int... extents) {
    Shape shape = Shape.of(extents);
    return backend.memory().of(shape, new RandomValues(seed).normal(shape));
  }

  private static Tensor empty(Backend backend, int... extents) {
    return backend.memory().allocate(Shape.of(extents));
  }

  private static float[] host(Backend backend, Tensor tensor) {
    return backend.memory().download(tensor);
  }

  private static List<float[]> gemm(Backend b) {
    Tensor x = random(b, 200, 131, 257);
    Tensor weights = random(b, 201, 199, 257);
    Tensor out = empty(b, 131, 199);
    b.dense().gemm(x, false, weights, true, 1, 0, Epilogue.biasRelu(random(b, 202, 199)), out);
    Tensor gradient = empty(b, 199, 257);
    b.dense().gemm(out, true, x, false, 1, 0, Epilogue.NONE, gradient);
    Tensor back = random(b, 203, 131, 257);
    b.dense().gemm(out, false, weights, false, 0.5f, 1, Epilogue.NONE, back);
    return List.of(host(b, out), host(b, gradient), host(b, back));
  }

  private static List<float[]> normalProduct(Backend b) {
    Shape scores = Shape.of(1021, 10);
    float[] weights = new RandomValues(222).uniform(scores, 0, 1);
    for (int i = 0; i < weights.length; i++) {
      // Rows of all classes, of some and of none.
      weights[i] = i / 10 % 3 == 0 || i % 7 == 0 && i / 10 % 3 == 1 ? weights[i] : 0;
    }
    Tensor x = random(b, 223, 1021, 257);
    Tensor v = random(b, 224, 10, 257);
    Tensor products = b.memory().allocate(scores);
    Tensor out = empty(b, 10, 257);
    Tensor bias = random(b, 225, 10);
    b.dense().normalProduct(x, v, bias, b.memory().of(scores, weights), products, out);
    return List.of(host(b, products), host(b, out));
  }

  private static List<float[]> reductions(Backend b) {
    Tensor x = random(b, 204, 1021, 127);
    Tensor rows = empty(b, 1021);
    Tensor columns = empty(b, 127);
    Tensor squares = empty(b, 127);
    b.dense().reduceRows(Reduction.SUM, x, rows);
    b.dense().reduceColumns(Reduction.SUM, x, columns);
    b.dense().reduceColumns(Reduction.SUM_OF_SQUARES, x, squares);
    double sum = b.dense().sum(x);
    double dot = b.dense().dot(x, x);
    Tensor mapped = empty(b, 1021, 127);
    b.dense().map(Unary.SIGMOID, x, mapped);
    float[] totals = {(float) sum, (float) dot};
    return List.of(host(b, rows), host(b, columns), host(b, squares), totals, host(b, mapped));
  }

  private static List<float[]> losses(Backend b) {
    Tensor x = random(b, 205, 509, 127);
    Tensor error = empty(b, 509, 127);
    Tensor loss = empty(b, 1);
    b.dense().squaredError(x, random(b, 206, 509, 127), error, loss);
    float[] squared = host(b, loss);
    float[] classes = new RandomValues(207).whole(Shape.of(509), 0, 126);
    Tensor labels = b.memory().of(Shape.of(509), classes);
    b.dense().softmaxCrossEntropy(x, labels, error, loss);
    return List.of(squared, host(b, error), host(b, loss));
  }

  private static List<float[]> convolution(Backend b) {
    Window window = Window.same(5);
    Tensor images = random(b, 208, 7, 3, 28, 28);
    Tensor filters = random(b, 209, 13, 3, 5, 5);
    Tensor maps = empty(b, 7, 13, 28, 28);
    b.convolution().forward(images, filters, window, Epilogue.NONE, maps);
    Tensor back = empty(b, 7, 3, 28, 28);
    b.convolution().transposed(maps, filters, window, Epilogue.NONE, back);
    Tensor gradient = empty(b, 13, 3, 5, 5);
    b.convolution().filterGradient(images, maps, window, 0, gradient);
    Tensor sums = empty(b, 13);
    b.convolution().channelSums(maps, sums);
    Tensor pooled = empty(b, 7, 13, 10, 10);
    Tensor argmax = empty(b, 7, 13, 10, 10);
    b.convolution().maxPool(maps, new Pool(5, 3), pooled, argmax);
    Tensor unpooled = empty(b, 7, 13, 28, 28);
    b.convolution().maxPoolGradient(pooled, argmax, unpooled);
    return List.of(
        host(b, maps), host(b, back), host(b, gradient), host(b, sums), host(b, unpooled));
  }

  /** Encoding, decoding, both gradients and updates of weights and bias, twice. */
  private static List<float[]> fullyConnected(Backend b) {
    int samples = 100;
    int units = 307;
    int inputs = 67;
    Tensor x = random(b, 210, samples, inputs);
    Tensor weights = random(b, 211, units, inputs);
    Tensor bias = random(b, 212, units);
    Tensor offset = random(b, 213, inputs);
    Tensor m = empty(b, units, inputs);
    Tensor v = empty(b, units, inputs);
    Tensor velocity = empty(b, units);
    Tensor out = empty(b, samples, inputs);
    Tensor loss = empty(b, 1);
    SelectionRule rule = new SelectionRule.Lifetime(5);
    Shape code = Shape.of(samples, units);
    Winners winners = b.memory().allocateWinners(code, rule.capacity(code));
    Tensor slope = empty(b, winners.capacity());
    Tensor biasGradient = empty(b, units);
    for (int t = 1; t <= 2; t++) {
      b.selection().encodeWinners(x, weights, Optional.empty(), bias, rule, winners);
      b.sparse()
          .decode(winners, winners.values(), weights, Optional.empty(), Optional.of(offset), out);
      b.dense().squaredError(out, x, out, loss);
      b.sparse().codeGradient(winners, out, weights, Optional.empty(), slope);
      b.sparse().unitSums(winners, slope, biasGradient);
      Gradient tied =
          Gradient.factored(
              Gradient.Term.of(winners, winners.values(), out),
              Gradient.Term.of(winners, slope, x));
      AdamStep step = new AdamStep(1e-2f, 0.9f, 0.999f, 1e-8f, 1e-4f, t == 2, t);
      b.update().adam(weights, m, v, tied, step);
      SgdStep biasStep = new SgdStep(1e-4f, 0.9f, 0, false);
      b.update().sgd(bias, velocity, Gradient.dense(biasGradient), biasStep);
    }
    return List.of(host(b, weights), host(b, m), host(b, v), host(b, bias), host(b, loss));
  }

  private static List<float[]> topK(Backend b) {
    Tensor activations = random(b, 214, 211, 509);
    Tensor weights = random(b, 215, 509, 67);
    Tensor velocity = empty(b, 509, 67);
    Tensor out = empty(b, 211, 67);
    Shape code = activations.shape();
    SelectionRule each = new SelectionRule.PerSample(17);
    Winners winners = b.memory().allocateWinners(code, each.capacity(code));
    b.selection().select(activations, each, winners);
    b.sparse().decode(winners, winners.values(), weights, Optional.empty(), Optional.empty(), out);
    Gradient gradient = Gradient.factored(Gradient.Term.of(winners, winners.values(), out));
    b.update().sgd(weights, velocity, gradient, new SgdStep(1e-4f, 0, 0, true));
    SelectionRule batch = new SelectionRule.Global(1000);
    Winners global = b.memory().allocateWinners(code, batch.capacity(code));
    b.selection().select(activations, batch, global);
    WinnerList list = b.memory().download(global);
    return List.of(host(b, out), host(b, weights), list.values());
  }

  /** One rule after another; of each, the winners' places and values. */
  private static List<float[]> encodedUnits(Backend b) {
    int units = 1000;
    int inputs = 67;
    Tensor x = random(b, 226, 67, inputs);
    Tensor weights = random(b, 227, units, inputs);
    Tensor bias = random(b, 228, units);
    SelectionRule above = new SelectionRule.Above(random(b, 229, units));
    SelectionRule perRow = new SelectionRule.PerSample(90);
    List<SelectionRule> rules =
        List.of(
            new SelectionRule.PerSample(3),
            new SelectionRule.PerSample(97),
            new SelectionRule.PerSample(units),
            new SelectionRule.Global(2000),
            above,
            new SelectionRule.Lifetime(9).then(perRow));
    Shape code = Shape.of(67, units);
    return rules.stream()
        .flatMap(
            rule -> {
              Winners winners = b.memory().allocateWinners(code, rule.capacity(code));
              b.selection().encodeWinners(x, weights, Optional.empty(), bias, rule, winners);
              WinnerList list = b.memory().download(winners);
              return Stream.of(numbers(list.samples()), numbers(list.units()), list.values());
            })
        .toList();
  }

  private static float[] numbers(int[] indices) {
    float[] numbers = new float[indices.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = indices[i];
    }
    return numbers;
  }

  private static List<float[]> maps(Backend b) {
    Window window = Window.same(7);
    Tensor activations = random(b, 216, 9, 31, 28, 28);
    Tensor filters = random(b, 217, 31, 2, 7, 7);
    Tensor velocity = empty(b, 31, 2, 7, 7);
    Tensor images = empty(b, 9, 2, 28, 28);
    Shape code = activations.shape();
    SelectionRule rule = new SelectionRule.Spatial().then(new SelectionRule.Lifetime(4));
    Winners winners = b.memory().allocateWinners(code, rule.capacity(code));
    b.selection().select(activations, rule, winners);
    b.sparse()
        .decode(winners, winners.values(), filters, Optional.of(window), Optional.empty(), images);
    Tensor slope = empty(b, winners.capacity());
    b.sparse().codeGradient(winners, images, filters, Optional.of(window), slope);
    float[] slopes = b.memory().download(winners, slope).values();
    Gradient gradient = Gradient.factored(Gradient.Term.of(winners, slope, images, window));
    b.update().sgd(filters, velocity, gradient, new SgdStep(1e-4f, 0.9f, 1e-3f, false));
    return List.of(host(b, images), slopes, host(b, filters));
  }

  private static List<float[]> encodedMaps(Backend b) {
    Window window = Window.same(5);
    Tensor images = random(b, 218, 6, 32, 13, 14);
    Tensor filters = random(b, 219, 37, 32, 5, 5);
    Tensor bias = random(b, 220, 37);
    Tensor maps = empty(b, 6, 37, 13, 14);
    b.convolution().forward(images, filters, window, Epilogue.biasRelu(bias), maps);
    SelectionRule rule = new SelectionRule.Spatial().then(new SelectionRule.Lifetime(2));
    Winners winners = b.memory().allocateWinners(maps.shape(), rule.capacity(maps.shape()));
    b.selection().encodeWinners(images, filters, Optional.of(window), bias, rule, winners);
    return List.of(host(b, maps), b.memory().download(winners).values());
  }

  private static List<float[]> random(Backend b) {
    Philox stream = new Philox(5, 6);
    Tensor uniform = empty(b, 97, 1021);
    Tensor normal = empty(b, 97, 1021);
    Tensor bernoulli = empty(b, 97, 1021);
    b.randomness().uniform(stream, uniform);
    b.randomness().normal(stream, 0, 1, normal);
    b.randomness().bernoulli(stream, uniform, bernoulli);
    return List.of(host(b, uniform), host(b, normal), host(b, bernoulli));
  }
}
