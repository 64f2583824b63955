package dev.wta.bench.kernel;

import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Update;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The kernels of a CONV-WTA step, one by one: 5x5 windows over planes of 28x28 pixels. */
@State(Scope.Benchmark)
public class ConvolutionKernels {
  private static final int EXTENT = 28;
  private static final int PIXELS = EXTENT * EXTENT;
  private static final Window WINDOW = Window.same(5);
  private static final int TAPS = WINDOW.height() * WINDOW.width();
  private static final double RATE = 0.05;
  private static final Update.SgdStep SGD = new Update.SgdStep(1e-6f, 0.9f, 0, false);

  /**
   * Samples x channels x maps: the second and the first layer of the deep encoder, and the shallow
   * one's.
   */
  @Param({"32x128x128", "32x1x128", "100x1x64"})
  public String shape;

  private int samples;
  private int channels;
  private int maps;
  private SelectionRule rule;
  private Tensor images;
  private Tensor filters;
  private Tensor bias;
  private Tensor code;
  private Tensor imageGradient;
  private Tensor filterGradient;
  private Tensor velocity;
  private Tensor codeGradient;
  private Winners winners;

  /**
   * Floating-point operations of the convolution as its sum is written, a multiply-add being two.
   */
  public static double operations(String shape) {
    int[] extents = extents(shape);
    return 2.0 * extents[0] * extents[1] * extents[2] * TAPS * PIXELS;
  }

  /** Floating-point operations of a pass over the windows of the winners. */
  public static double winnerOperations(String shape) {
    int[] extents = extents(shape);
    return 2.0 * SelectionRule.winnersAt(RATE, extents[0]) * extents[1] * extents[2] * TAPS;
  }

  /** Bytes of the maps, which dense operations on them read or write. */
  public static double mapBytes(String shape) {
    int[] extents = extents(shape);
    return (double) Float.BYTES * extents[0] * extents[2] * PIXELS;
  }

  private static int[] extents(String shape) {
    String[] parts = shape.split("x", -1);
    return new int[] {
      Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2])
    };
  }

  @Setup(Level.Trial)
  public void fill(BenchBackend device) {
    int[] extents = extents(shape);
    samples = extents[0];
    channels = extents[1];
    maps = extents[2];
    rule =
        new SelectionRule.Spatial()
            .then(new SelectionRule.Lifetime(SelectionRule.winnersAt(RATE, samples)));
    images = device.operands().normal("images", 1, samples, channels, EXTENT, EXTENT);
    filters =
        device.operands().normal("filters", 0.05f, maps, channels, WINDOW.height(), WINDOW.width());
    bias = device.operands().normal("bias", 0.1f, maps);
    code = device.operands().zeros(samples, maps, EXTENT, EXTENT);
    imageGradient = device.operands().zeros(samples, channels, EXTENT, EXTENT);
    filterGradient = device.operands().zeros(maps, channels, WINDOW.height(), WINDOW.width());
    velocity = device.operands().zeros(maps, channels, WINDOW.height(), WINDOW.width());
    Shape codeShape = code.shape();
    winners = device.get().memory().allocateWinners(codeShape, rule.capacity(codeShape));
    codeGradient = device.operands().zeros(winners.capacity());
    forward(device);
    encode(device);
    filterGradient(device);
    check(device);
    device.get().memory().copy(winners.values(), codeGradient);
  }

  @Benchmark
  public Winners encode(BenchBackend device) {
    device
        .get()
        .selection()
        .encodeWinners(images, filters, Optional.of(WINDOW), bias, rule, winners);
    return winners;
  }

  @Benchmark
  public Tensor forward(BenchBackend device) {
    device.get().convolution().forward(images, filters, WINDOW, Epilogue.biasRelu(bias), code);
    return code;
  }

  @Benchmark
  public Tensor filterGradient(BenchBackend device) {
    device.get().convolution().filterGradient(images, code, WINDOW, 0, filterGradient);
    return filterGradient;
  }

  @Benchmark
  public Tensor decode(BenchBackend device) {
    device
        .get()
        .sparse()
        .decode(
            winners, codeGradient, filters, Optional.of(WINDOW), Optional.empty(), imageGradient);
    return imageGradient;
  }

  @Benchmark
  public Tensor codeGradient(BenchBackend device) {
    device.get().sparse().codeGradient(winners, images, filters, Optional.of(WINDOW), codeGradient);
    return codeGradient;
  }

  @Benchmark
  public Tensor sgd(BenchBackend device) {
    Gradient gradient =
        Gradient.factored(Gradient.Term.of(winners, winners.values(), images, WINDOW));
    device.get().update().sgd(filters, velocity, gradient, SGD);
    return filters;
  }

  /** Some activations and winners, and some of the filters' gradient, in double precision. */
  private void check(BenchBackend device) {
    float[] pixels = device.get().memory().download(images);
    float[] weights = device.get().memory().download(filters);
    float[] offsets = device.get().memory().download(bias);
    float[] activations = device.get().memory().download(code);
    WinnerList list = device.get().memory().download(winners);
    for (int w = 0; w < list.count(); w += Math.max(1, list.count() / 16)) {
      int n = list.samples()[w];
      int m = list.units()[w];
      int map = (n * maps + m) * PIXELS;
      double sum = offsets[m];
      double most = 0;
      for (int k = 0; k < channels * TAPS; k++) {
        sum += pixel(pixels, n, k, list.positions()[w]) * weights[m * channels * TAPS + k];
      }
      for (int p = 0; p < PIXELS; p++) {
        most = Math.max(most, activations[map + p]);
      }
      double tolerance = 1e-5 * Math.sqrt(channels * (double) TAPS);
      ResultCheck.require("a winner of unit " + m, sum, list.values()[w], tolerance);
      ResultCheck.require("the maximum of unit " + m, most, list.values()[w], tolerance);
    }
    float[] gradient = device.get().memory().download(filterGradient);
    for (int probe = 0; probe < 8; probe++) {
      int at = (int) ((long) probe * (gradient.length - 1) / 7);
      int m = at / (channels * TAPS);
      double sum = 0;
      for (int n = 0; n < samples; n++) {
        for (int p = 0; p < PIXELS; p++) {
          sum +=
              pixel(pixels, n, at % (channels * TAPS), p)
                  * activations[(n * maps + m) * PIXELS + p];
        }
      }
      ResultCheck.require(
          "filter gradient " + at, sum, gradient[at], 1e-3 * Math.sqrt(samples * PIXELS));
    }
  }

  /** The pixel that tap {@code k} of a filter sees from a position; 0 outside the image. */
  private double pixel(float[] pixels, int n, int k, int position) {
    int y = position / EXTENT + k % TAPS / WINDOW.width() - WINDOW.padding();
    int x = position % EXTENT + k % WINDOW.width() - WINDOW.padding();
    boolean inside = y >= 0 && y < EXTENT && x >= 0 && x < EXTENT;
    int plane = (n * channels + k / TAPS) * PIXELS;
    return inside ? pixels[plane + y * EXTENT + x] : 0;
  }
}
