package dev.wta.api.contract.fuzz;

import dev.wta.api.contract.fuzz.Shapes.Geometry;
import dev.wta.api.contract.support.Side;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.op.Pool;
import dev.wta.api.tensor.Shape;
import java.util.List;
import java.util.Optional;

/** Random cases of {@link dev.wta.api.op.Convolution}. */
final class ConvolutionCases {
  private ConvolutionCases() {}

  static List<Operation> all() {
    return List.of(
        new Operation("forward", 2, ConvolutionCases::forward),
        new Operation("transposed", 2, ConvolutionCases::transposed),
        new Operation("filterGradient", 2, ConvolutionCases::filterGradient),
        Operation.of("channelSums", ConvolutionCases::channelSums),
        Operation.of("maxPool", ConvolutionCases::maxPool),
        Operation.of("maxPoolGradient", ConvolutionCases::maxPoolGradient));
  }

  private static Geometry geometry(Trial t) {
    return Shapes.geometry(t.choices(), Shapes.PRODUCTS, Shapes.ELEMENTS);
  }

  private static void forward(Trial t) {
    Geometry g = geometry(t);
    Twin images = t.input("images", g.images());
    Twin filters = t.input("filters", g.filters());
    Optional<Twin> bias = DenseCases.bias(t, g.filters().rows());
    boolean relu = t.choices().flag("relu");
    Twin maps = t.bench().output(g.code());
    t.bench()
        .runSum(
            s ->
                s.backend()
                    .convolution()
                    .forward(
                        s.of(images),
                        s.of(filters),
                        g.window(),
                        s.epilogue(bias, relu),
                        s.of(maps)));
    assertConvolved(t, maps, (long) g.images().extent(1) * g.taps() + 1, filters);
  }

  private static void transposed(Trial t) {
    Geometry g = geometry(t);
    Twin maps = t.input("maps", g.code());
    Twin filters = t.input("filters", g.filters());
    Optional<Twin> bias = DenseCases.bias(t, g.filters().extent(1));
    boolean relu = t.choices().flag("relu");
    Twin images = t.bench().output(g.images());
    t.bench()
        .runSum(
            s ->
                s.backend()
                    .convolution()
                    .transposed(
                        s.of(maps),
                        s.of(filters),
                        g.window(),
                        s.epilogue(bias, relu),
                        s.of(images)));
    assertConvolved(t, images, (long) g.filters().rows() * g.taps() + 1, filters);
  }

  /** Filters that are not finite may have met zeros outside an image, see the SPI. */
  private static void assertConvolved(Trial t, Twin out, long terms, Twin filters) {
    boolean mayBeNaN = !t.isFinite(filters);
    float[] actual = t.bench().download(out);
    float[] magnitudes = t.sharedMagnitudes(out);
    t.assertNear(
        out, i -> mayBeNaN && Float.isNaN(actual[i]) ? Double.NaN : t.ofSum(terms, magnitudes[i]));
  }

  private static void filterGradient(Trial t) {
    Geometry g = geometry(t);
    Twin images = t.input("images", g.images());
    Twin maps = t.input("maps", g.code());
    float beta = t.choices().pick("beta", List.of(0f, 1f, -0.5f));
    Twin gradient = t.target("gradient", g.filters(), beta != 0);
    t.bench()
        .runSum(
            s ->
                s.backend()
                    .convolution()
                    .filterGradient(
                        s.of(images), s.of(maps), g.window(), s.of(beta), s.of(gradient)));
    Shape code = g.code();
    long terms = (long) code.extent(0) * code.extent(2) * code.extent(3) + 1;
    boolean mayBeNaN = !t.isFinite(images) || !t.isFinite(maps);
    float[] actual = t.bench().download(gradient);
    float[] magnitudes = t.bench().magnitudes(gradient);
    t.assertNear(
        gradient,
        i -> mayBeNaN && Float.isNaN(actual[i]) ? Double.NaN : t.ofSum(terms, magnitudes[i]));
  }

  private static void channelSums(Trial t) {
    Shape shape = Shapes.images(t.choices(), Shapes.ELEMENTS);
    Twin images = t.input("images", shape);
    Twin sums = t.bench().output(Shape.of(shape.extent(1)));
    t.bench().runSum(s -> s.backend().convolution().channelSums(s.of(images), s.of(sums)));
    t.assertSum(sums, (long) shape.extent(0) * shape.extent(2) * shape.extent(3));
  }

  private static Shape pooled(Shape images, Pool pool) {
    return Shape.of(
        images.extent(0),
        images.extent(1),
        pool.outputExtent(images.extent(2)),
        pool.outputExtent(images.extent(3)));
  }

  private static void maxPool(Trial t) {
    Shape shape = Shapes.images(t.choices(), Shapes.ELEMENTS / 4);
    Pool pool = new Pool(t.choices().between("size", 1, 12), t.choices().between("stride", 1, 9));
    Twin images = t.input("images", shape);
    Twin out = t.bench().output(pooled(shape, pool));
    Twin argmax = t.bench().output(out.shape());
    t.bench()
        .run(s -> s.backend().convolution().maxPool(s.of(images), pool, s.of(out), s.of(argmax)));
    t.assertExact(out);
    t.assertExact(argmax);
  }

  /**
   * At positions that a pooling could have found, or at any: several outputs may name one pixel.
   */
  private static void maxPoolGradient(Trial t) {
    Shape shape = Shapes.images(t.choices(), Shapes.ELEMENTS / 4);
    Pool pool = new Pool(t.choices().between("size", 1, 12), t.choices().between("stride", 1, 9));
    Shape out = pooled(shape, pool);
    Twin slope = t.input("slope", out);
    Twin gradient = t.bench().output(shape);
    float[] where = new float[(int) out.size()];
    Noise noise = t.choices().noise("argmax");
    int reach = t.choices().flag("anywhere") ? Integer.MAX_VALUE : pool.size();
    for (int i = 0; i < where.length; i++) {
      int left = i % out.extent(3) * pool.stride();
      int top = i / out.extent(3) % out.extent(2) * pool.stride();
      int y = top + noise.below(Math.min(reach, shape.extent(2) - top));
      int x = left + noise.below(Math.min(reach, shape.extent(3) - left));
      where[i] = y * shape.extent(3) + x;
    }
    Twin argmax = t.bench().input(out, where);
    t.bench()
        .runSum(
            s ->
                s.backend()
                    .convolution()
                    .maxPoolGradient(s.of(slope), argmax.on(positions(s.kind())), s.of(gradient)));
    t.assertSum(gradient, (long) out.extent(2) * out.extent(3));
  }

  private static Side.Kind positions(Side.Kind kind) {
    return kind == Side.Kind.MAGNITUDE ? Side.Kind.REFERENCE : kind;
  }
}
