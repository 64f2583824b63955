package dev.wta.models.conv;

import dev.wta.api.IntSize;
import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Pool;
import dev.wta.api.op.Window;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.Decoded;
import dev.wta.models.Model;
import dev.wta.models.ModelFamily;
import dev.wta.models.ModelSettings;
import dev.wta.models.Pooling;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.competition.Competition;
import dev.wta.models.competition.Competitions;
import dev.wta.models.competition.Lifetime;
import dev.wta.models.competition.Spatial;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.Layers;
import dev.wta.models.loss.ExplainedVariance;
import dev.wta.models.loss.SquaredError;
import dev.wta.models.settings.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The convolutional winner-take-all autoencoder (Makhzani and Frey 2015, section 3): zero-padded
 * ReLU convolutions, a competition on the last one's maps, and one linear deconvolution, trained on
 * the squared error:
 *
 * <pre>{@code
 * h_0 = x;  h_l = relu(W_l * h_(l-1) + b_l);  z = competition(h_L);  y = D *' z + c;  loss = |y - x|^2, averaged over the batch
 * }</pre>
 *
 * <p>Parameters: {@code encoder.<layer>.weight (maps, channels, size, size)}, {@code
 * encoder.<layer>.bias (maps)}, {@code decoder.weight (maps, channels, size, size)}, {@code
 * decoder.bias (channels)}. The representation is the last convolution's maps with the competition
 * off, max-pooled: {@code (maps, ceil(height / stride), ceil(width / stride))}.
 *
 * <pre>{@code
 * ConvWta model =
 *     ConvWta.Settings.DEFAULTS
 *         .layers("128conv5-128deconv11")
 *         .on(Shape.of(1, 28, 28), backend, Seed.of(1));
 * }</pre>
 */
public final class ConvWta extends Model {
  private static final String NAME = "conv-wta";

  /** Of {@link ConvWta}. */
  public record Settings(
      @Setting(
              help = "maps and window of each layer, the first one first",
              as = ConvLayers.Text.class,
              shapesParameters = true)
          ConvLayers layers,
      @Setting(
              help = "competition: which activations of the last convolution a training step keeps",
              as = Competitions.Text.class,
              type = "a competition such as spatial then lifetime(0.05), spatial or none",
              shorthand = "lifetime",
              shorthandFor = "spatial then lifetime(%s)")
          Competition competition,
      @Setting(
              help =
                  "max-pooling of the feature maps into features, not used in training; windows are"
                      + " cut at the border",
              as = Pooling.Text.class)
          Pooling pool,
      @Setting(
              help =
                  "standard deviation of the decoder's initial filters; the encoders' is sqrt(2 /"
                      + " inputs of a window); biases start at 0",
              above = 0,
              max = 10,
              shapesParameters = true)
          double decoderInit)
      implements ModelSettings<Settings, ConvWta> {
    public static final Settings DEFAULTS =
        new Settings(
            ConvLayers.parse("128conv5-128conv5-128deconv11"),
            new Spatial().then(new Lifetime(0.05)),
            Pooling.of(5, 3),
            0.01);

    public Settings layers(ConvLayers layers) {
      return with("layers", layers);
    }

    /**
     * The layers in the paper's notation, such as {@code 128conv5-128conv5-128deconv11}.
     *
     * @throws IllegalArgumentException that says what was expected instead
     */
    public Settings layers(String layers) {
      return layers(ConvLayers.parse(layers));
    }

    public Settings competition(Competition competition) {
      return with("competition", competition);
    }

    /**
     * Spatial sparsity, and then lifetime sparsity: each map keeps this share of its images'
     * winners over the mini-batch.
     */
    public Settings lifetime(double rate) {
      return competition(new Spatial().then(new Lifetime(rate)));
    }

    /** The max-pooling of maps into features. */
    public Settings pool(Pooling pooling) {
      return with("pool", pooling);
    }

    /** The standard deviation of the decoder's initial filters. */
    public Settings decoderInit(double deviation) {
      return with("decoder-init", deviation);
    }

    @Override
    public ConvWta on(Shape sample, Backend backend, Seed seed) {
      return new ConvWta(this, sample, backend, seed);
    }
  }

  public static final ModelFamily FAMILY =
      ModelFamily.of(
              NAME,
              "convolutional winner-take-all autoencoder (Makhzani and Frey 2015)",
              Settings.DEFAULTS,
              ConvWta::new)
          .presets(ConvPresets.ALL)
          .earlierSettings(Map.of("pool", Pooling.NONE.text()));

  private record Layer(Parameter filters, Parameter bias, Window window) {}

  private final Shape picture;
  private final Competition competition;
  private final Pooling pooling;
  private final List<Layer> encoder = new ArrayList<>();
  private final Layer decoder;

  ConvWta(Settings settings, Shape sample, Backend backend, Seed seed) {
    super(NAME, settings, sample, backend, seed);
    picture = picture(sample);
    competition = settings.competition();
    pooling = settings.pool();
    ConvLayers layers = settings.layers();
    int maps = layers.convolutions().getLast().maps();
    competition.rule( // one that does not fit says so at once
        Shape.of(1, maps, picture.extent(1), picture.extent(2)));
    int below = picture.extent(0);
    for (ConvLayers.Convolution layer : layers.convolutions()) {
      double fanIn = (double) below * layer.size() * layer.size();
      encoder.add(
          new Layer(
              weight(
                  "encoder." + encoder.size() + ".weight",
                  Shape.of(layer.maps(), below, layer.size(), layer.size()),
                  Math.sqrt(2 / fanIn)), // He et al. 2015: keeps the scale through rectifiers
              bias("encoder." + encoder.size() + ".bias", layer.maps()),
              Window.same(layer.size())));
      below = layer.maps();
    }
    int size = layers.deconvolution();
    decoder =
        new Layer(
            weight(
                "decoder.weight",
                Shape.of(below, picture.extent(0), size, size),
                settings.decoderInit()),
            bias("decoder.bias", picture.extent(0)),
            Window.same(size));
  }

  private static Shape picture(Shape sample) {
    return switch (sample.rank()) {
      case 2 -> Shape.of(1, sample.extent(0), sample.extent(1));
      case 3 -> sample;
      default ->
          throw new WtaException(
              "conv-wta takes images of shape (channels, height, width), and the samples have shape"
                  + " "
                  + sample,
              "give data whose samples have that shape, or train fc-wta");
    };
  }

  @Override
  protected Shape inputShape() {
    return picture;
  }

  /** Pictures of any size, with as many channels. */
  @Override
  public boolean encodesPictures(Shape other) {
    return other.rank() == sampleShape().rank() && picture(other).extent(0) == picture.extent(0);
  }

  @Override
  public int features() {
    return IntSize.of(featureShape().size(), "features of shape", featureShape());
  }

  @Override
  public Shape featureShape() {
    return pooling.pooled(maps(encoder.getLast()));
  }

  @Override
  public List<String> notes(int batch, long steps) {
    List<String> notes = new ArrayList<>();
    Shape maps = maps(encoder.getLast());
    competition.note(maps.batch(batch)).ifPresent(notes::add);
    int side = Math.max(maps.extent(1), maps.extent(2));
    if (pooling.windows().filter(pool -> pool.size() > side).isPresent()) {
      notes.add(
          "'pool' is %s, and maps are %d x %d: windows are cut to the maps"
              .formatted(pooling.text(), maps.extent(1), maps.extent(2)));
    }
    return notes;
  }

  @Override
  public long activations() {
    long layers = encoder.stream().mapToLong(layer -> maps(layer).size()).sum();
    return layers + features();
  }

  /** The shape of a layer's output for one image: zero padding keeps its size. */
  private Shape maps(Layer layer) {
    return Shape.of(layer.filters.value().shape().rows(), picture.extent(1), picture.extent(2));
  }

  @Override
  public Tensor decoderFilters() {
    return decoder.filters.value();
  }

  @Override
  public Shape filterShape() {
    return decoder.filters.value().shape().row();
  }

  /** Unpools activations to the middle of their windows, and decodes them. */
  @Override
  public Tensor decode(Tensor patterns) {
    Backend backend = backend();
    Shape code = patterns.shape();
    Pool pool = pooling.windows().orElse(new Pool(1, 1));
    int height = (code.extent(2) - 1) * pool.stride() + pool.size();
    int width = (code.extent(3) - 1) * pool.stride() + pool.size();
    int size = decoder.window.height();
    Window whole = new Window(size, size, 0);
    Tensor decoded =
        backend
            .memory()
            .allocate(
                Shape.of(code.rows(), picture.extent(0), height + size - 1, width + size - 1));
    try (Tensor maps =
            backend.memory().allocate(Shape.of(code.rows(), code.extent(1), height, width));
        Tensor middles = backend.memory().of(code, middles(code, pool, width))) {
      backend.convolution().maxPoolGradient(patterns, middles, maps);
      backend
          .convolution()
          .transposed(maps, decoder.filters.value(), whole, Epilogue.NONE, decoded);
    }
    return decoded;
  }

  /** The index of the middle of each window in a map of that width. */
  private static float[] middles(Shape code, Pool pool, int width) {
    float[] middles = new float[IntSize.of(code.size(), "activations of the maps", code)];
    for (int i = 0; i < middles.length; i++) {
      int y = i / code.extent(3) % code.extent(2) * pool.stride() + pool.size() / 2;
      int x = i % code.extent(3) * pool.stride() + pool.size() / 2;
      middles[i] = y * width + x;
    }
    return middles;
  }

  @Override
  protected StepOutput step(Tape tape, Variable x) {
    Code code = compete(tape, x);
    Loss loss = SquaredError.of(tape, decode(tape, code), x);
    return StepOutput.of(loss, code)
        .with("explainedVariance", () -> ExplainedVariance.ofBatch(tape, x, loss));
  }

  @Override
  protected Variable encode(Tape tape, Variable x) {
    return pooling.of(tape, convolve(tape, x, encoder.size()));
  }

  @Override
  protected Decoded reconstruct(Tape tape, Variable x) {
    Code code = compete(tape, x);
    return new Decoded(code, decode(tape, code));
  }

  /**
   * From whole maps.
   *
   * @throws WtaException if the features are pooled
   */
  @Override
  protected Variable decode(Tape tape, Variable code) {
    if (pooling.windows().isPresent()) {
      throw new WtaException(
          "%s pools its features by %s, and pooled features cannot be decoded"
              .formatted(NAME, pooling.text()),
          "load it with pool=none");
    }
    return decode(tape, new Code.Dense(code));
  }

  private Code compete(Tape tape, Variable x) {
    Layer last = encoder.getLast();
    return Layers.encodeMaps(
        tape,
        convolve(tape, x, encoder.size() - 1),
        tape.parameter(last.filters),
        tape.parameter(last.bias),
        last.window,
        competition);
  }

  private Variable convolve(Tape tape, Variable x, int count) {
    Variable maps = x;
    for (int i = 0; i < count; i++) {
      Layer layer = encoder.get(i);
      maps =
          Layers.convolutionRelu(
              tape, maps, tape.parameter(layer.filters), tape.parameter(layer.bias), layer.window);
    }
    return maps;
  }

  private Variable decode(Tape tape, Code code) {
    return Layers.decodeMaps(
        tape, code, tape.parameter(decoder.filters), tape.parameter(decoder.bias), decoder.window);
  }
}
