package dev.wta.api.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.contract.support.RandomValues;
import dev.wta.api.contract.support.Side;
import dev.wta.api.contract.support.Tolerance;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Convolutions, their transposes and their gradients. */
public interface ConvolutionContract extends Contract {
  /** Multiply-adds of a convolution that the reference takes long for. */
  long LARGE = 20_000_000;

  /** Images, filters and a window that go together. */
  record Geometry(Shape images, int maps, Window window) {
    public static Geometry of(int n, int channels, int height, int width, int maps, Window window) {
      return new Geometry(Shape.of(n, channels, height, width), maps, window);
    }

    Shape filters() {
      return Shape.of(maps, images.extent(1), window.height(), window.width());
    }

    Shape code() {
      return Shape.of(
          images.extent(0),
          maps,
          window.mapHeight(images.extent(2)),
          window.mapWidth(images.extent(3)));
    }

    int taps() {
      return window.height() * window.width();
    }

    @Override
    public String toString() {
      return "%s through %s, padding %d".formatted(images, filters(), window.padding());
    }
  }

  static Stream<Geometry> geometries() {
    return Stream.of(
        Geometry.of(0, 2, 5, 5, 3, Window.same(3)),
        Geometry.of(1, 1, 1, 1, 1, new Window(1, 1, 0)),
        Geometry.of(2, 1, 8, 8, 3, Window.same(5)),
        Geometry.of(1, 3, 7, 9, 4, new Window(3, 3, 1)),
        Geometry.of(3, 2, 6, 5, 5, new Window(3, 2, 0)),
        Geometry.of(2, 2, 5, 9, 3, new Window(2, 4, 1)),
        Geometry.of(2, 2, 3, 3, 2, Window.same(7)), // the window is larger than the image
        Geometry.of(2, 3, 11, 11, 7, new Window(11, 11, 0)), // one position a map
        Geometry.of(2, 1, 13, 13, 8, Window.same(11)),
        Geometry.of(1, 13, 8, 31, 17, Window.same(3)),
        Geometry.of(3, 4, 28, 28, 9, Window.same(5)),
        Geometry.of(2, 2, 7, 6, 3, new Window(5, 5, 4)));
  }

  @ParameterizedTest(name = "forward: {0}")
  @MethodSource("dev.wta.api.contract.ConvolutionContract#geometries")
  default void forward(Geometry geometry) {
    Twin images = bench().input(geometry.images(), new RandomValues(40).normal(geometry.images()));
    Twin filters =
        bench().input(geometry.filters(), new RandomValues(41).normal(geometry.filters()));
    int terms = geometry.images().extent(1) * geometry.taps() + 1;
    for (boolean biased : new boolean[] {false, true}) {
      for (boolean relu : new boolean[] {false, true}) {
        Optional<Twin> bias = bias(biased, geometry.maps());
        Twin maps = bench().output(geometry.code());
        bench()
            .runSum(
                s ->
                    s.backend()
                        .convolution()
                        .forward(
                            s.of(images),
                            s.of(filters),
                            geometry.window(),
                            s.epilogue(bias, relu),
                            s.of(maps)));
        bench().assertSum(maps, terms);
      }
    }
  }

  /**
   * Where channels are many, a backend may convolve by way of transforms; the error stays that of a
   * sum, also where all terms are alike.
   */
  @ParameterizedTest(name = "forward, many channels: {0}")
  @MethodSource("dev.wta.api.contract.ConvolutionContract#manyChannels")
  default void forwardThroughManyChannels(Geometry geometry) {
    int images = (int) geometry.images().size();
    int filters = (int) geometry.filters().size();
    RandomValues random = new RandomValues(53);
    float[] rectified = random.normal(geometry.images());
    for (int i = 0; i < images; i++) {
      rectified[i] = Math.max(0, rectified[i]);
    }
    float[] normal = random.normal(geometry.filters());
    float[] same = new float[images];
    Arrays.fill(same, 0.7f);
    float[] alike = new float[filters];
    Arrays.fill(alike, 0.3f);
    checkForward(geometry, rectified, normal);
    checkForward(geometry, same, alike);
    checkForward(geometry, random.uniform(geometry.images(), 0, 1), alike);
    rectified[images / 2] = Float.POSITIVE_INFINITY;
    checkForward(geometry, rectified, alike);
    rectified[images / 3] = Float.NaN;
    checkForward(geometry, rectified, normal);
  }

  static Stream<Geometry> manyChannels() {
    return Stream.of(
        Geometry.of(2, 35, 9, 14, 19, Window.same(5)),
        Geometry.of(1, 64, 8, 8, 33, new Window(5, 5, 0)),
        Geometry.of(1, 32, 7, 6, 16, new Window(5, 5, 4)),
        Geometry.of(2, 32, 4, 9, 16, new Window(5, 5, 0))); // no map has any position
  }

  private void checkForward(Geometry geometry, float[] pixels, float[] weights) {
    Twin images = bench().input(geometry.images(), pixels);
    Twin filters = bench().input(geometry.filters(), weights);
    Twin bias = bias(true, geometry.maps()).get();
    Twin maps = bench().output(geometry.code());
    bench()
        .runSum(
            s ->
                s.backend()
                    .convolution()
                    .forward(
                        s.of(images),
                        s.of(filters),
                        geometry.window(),
                        s.epilogue(Optional.of(bias), true),
                        s.of(maps)));
    bench().assertSum(maps, (long) geometry.images().extent(1) * geometry.taps() + 1);
  }

  /** The same of the two gradients, which may go by way of transforms, too. */
  @ParameterizedTest(name = "gradients, many channels: {0}")
  @MethodSource("dev.wta.api.contract.ConvolutionContract#manyMaps")
  default void gradientsThroughManyChannels(Geometry geometry) {
    RandomValues random = new RandomValues(54);
    float[] pixels = random.uniform(geometry.images(), 0, 1);
    float[] slopes = random.normal(geometry.code());
    float[] weights = random.normal(geometry.filters());
    float[] alike = new float[slopes.length];
    Arrays.fill(alike, 0.7f);
    float[] rectified = slopes.clone();
    for (int i = 0; i < rectified.length; i++) {
      rectified[i] = Math.max(0, rectified[i]);
    }
    boolean large = (long) slopes.length * geometry.images().extent(1) * geometry.taps() > LARGE;
    checkGradients(geometry, pixels, slopes, weights);
    if (!large) {
      checkGradients(geometry, random.normal(geometry.images()), rectified, weights);
    }
    Arrays.fill(weights, 0.3f);
    Arrays.fill(pixels, 0.9f);
    checkGradients(geometry, pixels, alike, weights);
    if (slopes.length > 0 && !large) {
      int width = geometry.code().extent(3);
      slopes[3 * width + 3] = Float.POSITIVE_INFINITY; // so far inside that all taps see a pixel
      checkGradients(geometry, pixels, slopes, weights);
      slopes[4 * width + 4] = Float.NaN;
      checkGradients(geometry, pixels, slopes, weights);
    }
  }

  static Stream<Geometry> manyMaps() {
    return Stream.of(
        Geometry.of(3, 19, 9, 14, 35, Window.same(5)),
        Geometry.of(7, 33, 8, 8, 64, Window.same(5)), // more tiles than one run of a product
        Geometry.of(70, 16, 8, 8, 33, Window.same(5)),
        Geometry.of(2, 17, 12, 12, 32, new Window(5, 5, 0)),
        Geometry.of(2, 32, 4, 9, 33, new Window(5, 5, 0)), // no map has any position
        Geometry.of(0, 32, 8, 8, 33, Window.same(5)));
  }

  /**
   * Behind a sparse code slopes are zero but near the winners, and a backend may leave zeros out:
   * not those that meet what is not finite.
   */
  @Test
  default void gradientsOfFewPositions() {
    Geometry geometry = Geometry.of(5, 17, 21, 18, 33, Window.same(5));
    RandomValues random = new RandomValues(55);
    float[] pixels = random.normal(geometry.images());
    float[] weights = random.normal(geometry.filters());
    float[] slopes = new float[(int) geometry.code().size()];
    int plane = 21 * 18;
    int sample = 33 * plane;
    for (int map = 0; map < 33; map++) {
      slopes[sample + map * plane] = map - 7.5f; // the first corner of the second sample
      slopes[2 * sample + (map + 1) * plane - 1] = 0.5f; // the last one of the third
    }
    slopes[2 * sample + 4 * plane + 9 * 18 + 12] = -3; // a map alone, inside
    float[] wrong = pixels.clone();
    wrong[plane + 5 * 18 + 7] = Float.NaN; // so far inside that all taps see it
    for (float[] seen : List.of(pixels, wrong)) {
      Gradients found = gradients(geometry, seen, slopes, weights);
      bench().assertConvolved(found.images, found.imageTerms());
      bench().assertSum(found.filters, found.filterTerms());
    }
    Arrays.fill(slopes, 3 * sample, 4 * sample, 0.25f); // a sample without zeros among the others
    Gradients mixed = gradients(geometry, pixels, slopes, weights);
    bench().assertConvolved(mixed.images, mixed.imageTerms());
    weights[26] = Float.POSITIVE_INFINITY; // of the second channel; the border may leave it out
    Gradients tainted = gradients(geometry, pixels, slopes, weights);
    assertThat(bench().download(tainted.images)[plane + 10 * 18 + 9]).isNaN();
  }

  private void checkGradients(Geometry geometry, float[] pixels, float[] slopes, float[] weights) {
    Gradients found = gradients(geometry, pixels, slopes, weights);
    bench().assertSum(found.images, found.imageTerms());
    bench().assertSum(found.filters, found.filterTerms());
  }

  /** Both gradients of a convolution, the filters' added to what was there. */
  record Gradients(Geometry geometry, Twin images, Twin filters) {
    long imageTerms() {
      return (long) geometry.maps() * geometry.taps();
    }

    long filterTerms() {
      Shape code = geometry.code();
      return (long) code.extent(0) * code.extent(2) * code.extent(3) + 1;
    }
  }

  private Gradients gradients(Geometry geometry, float[] pixels, float[] slopes, float[] weights) {
    Twin images = bench().input(geometry.images(), pixels);
    Twin filters = bench().input(geometry.filters(), weights);
    Twin maps = bench().input(geometry.code(), slopes);
    Twin back = bench().output(geometry.images());
    Twin gradient = bench().state(geometry.filters(), weights);
    bench()
        .runSum(
            s -> {
              var convolution = s.backend().convolution();
              var none = s.epilogue(Optional.empty(), false);
              convolution.transposed(
                  s.of(maps), s.of(filters), geometry.window(), none, s.of(back));
              convolution.filterGradient(
                  s.of(images), s.of(maps), geometry.window(), s.of(-0.5f), s.of(gradient));
            });
    return new Gradients(geometry, back, gradient);
  }

  @ParameterizedTest(name = "transposed: {0}")
  @MethodSource("dev.wta.api.contract.ConvolutionContract#geometries")
  default void transposed(Geometry geometry) {
    Twin maps = bench().input(geometry.code(), new RandomValues(42).normal(geometry.code()));
    Twin filters =
        bench().input(geometry.filters(), new RandomValues(43).normal(geometry.filters()));
    int terms = geometry.maps() * geometry.taps() + 1;
    for (boolean biased : new boolean[] {false, true}) {
      for (boolean relu : new boolean[] {false, true}) {
        Optional<Twin> bias = bias(biased, geometry.images().extent(1));
        Twin images = bench().output(geometry.images());
        bench()
            .runSum(
                s ->
                    s.backend()
                        .convolution()
                        .transposed(
                            s.of(maps),
                            s.of(filters),
                            geometry.window(),
                            s.epilogue(bias, relu),
                            s.of(images)));
        bench().assertSum(images, terms);
      }
    }
  }

  private Optional<Twin> bias(boolean biased, int channels) {
    Shape shape = Shape.of(channels);
    return biased
        ? Optional.of(bench().input(shape, new RandomValues(44).normal(shape)))
        : Optional.empty();
  }

  @ParameterizedTest(name = "filter gradient: {0}")
  @MethodSource("dev.wta.api.contract.ConvolutionContract#geometries")
  default void filterGradient(Geometry geometry) {
    Twin images = bench().input(geometry.images(), new RandomValues(45).normal(geometry.images()));
    Twin maps = bench().input(geometry.code(), new RandomValues(46).normal(geometry.code()));
    Shape code = geometry.code();
    int terms = code.extent(0) * code.extent(2) * code.extent(3) + 1;
    for (float beta : new float[] {0, 1, -0.5f}) {
      Twin gradient =
          beta == 0
              ? bench().output(geometry.filters())
              : bench().state(geometry.filters(), new RandomValues(47).normal(geometry.filters()));
      bench()
          .runSum(
              s ->
                  s.backend()
                      .convolution()
                      .filterGradient(
                          s.of(images), s.of(maps), geometry.window(), s.of(beta), s.of(gradient)));
      bench().assertSum(gradient, terms);
    }
  }

  @ParameterizedTest(name = "channel sums: {0}")
  @MethodSource("dev.wta.api.contract.ConvolutionContract#geometries")
  default void channelSums(Geometry geometry) {
    Twin maps = bench().input(geometry.code(), new RandomValues(48).normal(geometry.code()));
    Twin sums = bench().output(Shape.of(geometry.maps()));
    bench().runSum(s -> s.backend().convolution().channelSums(s.of(maps), s.of(sums)));
    Shape code = geometry.code();
    bench().assertSum(sums, (long) code.extent(0) * code.extent(2) * code.extent(3));
  }

  /**
   * {@code <forward(x), m> = <x, transposed(m)> = <filterGradient(x, m), f>}, whatever they are.
   */
  @Test
  default void forwardTransposedAndFilterGradientAreOneTrilinearForm() {
    Geometry geometry = Geometry.of(3, 2, 9, 8, 5, new Window(4, 3, 2));
    Twin images = bench().input(geometry.images(), new RandomValues(49).normal(geometry.images()));
    Twin maps = bench().input(geometry.code(), new RandomValues(50).normal(geometry.code()));
    Twin filters =
        bench().input(geometry.filters(), new RandomValues(51).normal(geometry.filters()));
    Twin outMaps = bench().output(geometry.code());
    Twin outImages = bench().output(geometry.images());
    Twin outFilters = bench().output(geometry.filters());
    Window window = geometry.window();
    bench()
        .runSum(
            s -> {
              var epilogue = s.epilogue(Optional.empty(), false);
              var convolution = s.backend().convolution();
              convolution.forward(s.of(images), s.of(filters), window, epilogue, s.of(outMaps));
              convolution.transposed(s.of(maps), s.of(filters), window, epilogue, s.of(outImages));
              convolution.filterGradient(s.of(images), s.of(maps), window, 0, s.of(outFilters));
            });
    Side.Kind tested = Side.Kind.TESTED;
    Dense dense = bench().tested().dense();
    double form = dense.dot(outMaps.on(tested), maps.on(tested));
    double magnitude =
        bench()
            .reference()
            .dense()
            .dot(outMaps.on(Side.Kind.MAGNITUDE), maps.on(Side.Kind.MAGNITUDE));
    double tolerance = Tolerance.ofSum(geometry.code().size(), magnitude);
    assertThat(dense.dot(outImages.on(tested), images.on(tested)))
        .isCloseTo(form, within(tolerance));
    assertThat(dense.dot(outFilters.on(tested), filters.on(tested)))
        .isCloseTo(form, within(tolerance));
  }
}
