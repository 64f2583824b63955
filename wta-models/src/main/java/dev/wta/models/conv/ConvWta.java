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
import dev.wta.models.Model;
import dev.wta.models.ModelFamily;
import dev.wta.models.Pooling;
import dev.wta.models.Preset;
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
import dev.wta.models.loss.ExplainedVariance;
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.Settings;
import dev.wta.models.settings.SettingsSpec;
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
 * ConvWta model = ConvWta.of(1, 28, 28).convolution(128, 5).deconvolution(11).on(backend, Seed.of(1));
 * }</pre>
 */
public final class ConvWta extends Model {
  static final String FAMILY = "conv-wta";
  static final Setting<ConvLayers> LAYERS =
      Setting.text(
          "layers",
          "convolutions and one deconvolution, such as 64conv5-64conv5-64deconv11",
          new ConvLayers(
              List.of(new ConvLayers.Convolution(128, 5), new ConvLayers.Convolution(128, 5)), 11),
          ConvLayers::parse,
          ConvLayers::text,
          "maps and window of each layer, the first one first");
  static final Setting<Competition> COMPETITION =
      Setting.text(
          "competition",
          "a competition such as spatial then lifetime(0.05), spatial or none",
          new Spatial().then(new Lifetime(0.05)),
          Competitions::parse,
          Competition::text,
          "which activations of the last convolution survive a training step");
  static final Setting<Pooling> POOL =
      Setting.text(
          "pool",
          Pooling.SYNTAX,
          Pooling.of(5, 3),
          Pooling::parse,
          Pooling::text,
          "max-pooling of the maps into features, windows cut at the border; training does not see"
              + " it");
  static final Setting<Double> DECODER_INIT =
      Setting.realAbove(
          "decoder-init",
          0.01,
          0,
          10,
          "standard deviation of the decoder's first filters; an encoder's is sqrt(2 / inputs of a"
              + " window), biases start at 0");
  static final SettingsSpec SETTINGS =
      SettingsSpec.of(LAYERS, COMPETITION, POOL, DECODER_INIT)
          .with(
              new SettingsSpec.Shorthand(
                  "lifetime",
                  "competition",
                  "short for competition: spatial then lifetime(...)",
                  "spatial then lifetime(%s)"::formatted));

  private record Layer(Parameter filters, Parameter bias, Window window) {}

  private final Shape picture;
  private final Competition competition;
  private final Pooling pooling;
  private final List<Layer> encoder = new ArrayList<>();
  private final Layer decoder;

  ConvWta(Settings settings, Shape sample, Backend backend, Seed seed) {
    super(FAMILY, settings, sample, backend, seed);
    picture = picture(sample);
    competition = settings.get(COMPETITION);
    pooling = settings.get(POOL);
    ConvLayers layers = settings.get(LAYERS);
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
                settings.get(DECODER_INIT)),
            bias("decoder.bias", picture.extent(0)),
            Window.same(size));
  }

  private static Shape picture(Shape sample) {
    return switch (sample.rank()) {
      case 2 -> Shape.of(1, sample.extent(0), sample.extent(1));
      case 3 -> sample;
      default ->
          throw new WtaException(
              "conv-wta takes pictures, (channels, height, width), and the samples are " + sample,
              "give data whose samples have that shape, or train fc-wta");
    };
  }

  /** A model of pictures of that shape, to be configured. */
  public static Builder of(int channels, int height, int width) {
    return of(Shape.of(channels, height, width));
  }

  /** A model of pictures {@code (channels, height, width)} or {@code (height, width)}. */
  public static Builder of(Shape sample) {
    return new Builder(sample, SETTINGS.defaults(), List.of());
  }

  @Override
  protected Shape inputShape() {
    return picture;
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

  /** The shape of what a layer makes of one picture: zero padding keeps its size. */
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

  /** A pooled activation is put back into the middle of its window. */
  @Override
  public Tensor draw(Tensor patterns) {
    Backend backend = backend();
    Shape code = patterns.shape();
    Pool pool = pooling.windows().orElse(new Pool(1, 1));
    int height = (code.extent(2) - 1) * pool.stride() + pool.size();
    int width = (code.extent(3) - 1) * pool.stride() + pool.size();
    int size = decoder.window.height();
    Window whole = new Window(size, size, 0);
    Tensor drawn =
        backend
            .memory()
            .allocate(
                Shape.of(code.rows(), picture.extent(0), height + size - 1, width + size - 1));
    try (Tensor maps =
            backend.memory().allocate(Shape.of(code.rows(), code.extent(1), height, width));
        Tensor middles = backend.memory().of(code, middles(code, pool, width))) {
      backend.convolution().maxPoolGradient(patterns, middles, maps);
      backend.convolution().transposed(maps, decoder.filters.value(), whole, Epilogue.NONE, drawn);
    }
    return drawn;
  }

  /** Where in a map of that width the middle of each window lies. */
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
    Loss loss = tape.squaredError(decode(tape, code), x);
    return StepOutput.of(loss, code)
        .with("explainedVariance", () -> ExplainedVariance.ofBatch(tape, x, loss));
  }

  @Override
  protected Variable encode(Tape tape, Variable x) {
    return pooling.of(tape, convolve(tape, x, encoder.size()));
  }

  @Override
  protected Variable reconstruct(Tape tape, Variable x) {
    return decode(tape, compete(tape, x));
  }

  private Code compete(Tape tape, Variable x) {
    Layer last = encoder.getLast();
    return tape.encodeMaps(
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
          tape.convolutionRelu(
              maps, tape.parameter(layer.filters), tape.parameter(layer.bias), layer.window);
    }
    return maps;
  }

  private Variable decode(Tape tape, Code code) {
    return tape.decodeMaps(
        code, tape.parameter(decoder.filters), tape.parameter(decoder.bias), decoder.window);
  }

  /**
   * A configuration of {@link ConvWta}: what is not said takes the family's default.
   *
   * @param sample the shape of one sample
   * @param convolutions the encoder's, as far as they were said
   */
  public record Builder(
      Shape sample, Settings settings, List<ConvLayers.Convolution> convolutions) {
    public Builder {
      convolutions = List.copyOf(convolutions);
    }

    /** One more convolution of the encoder: {@code maps} through windows of {@code size} a side. */
    public Builder convolution(int maps, int size) {
      List<ConvLayers.Convolution> more = new ArrayList<>(convolutions);
      more.add(new ConvLayers.Convolution(maps, size));
      ConvLayers layers = new ConvLayers(more, settings.get(LAYERS).deconvolution());
      return new Builder(sample, settings.with(LAYERS, layers), more);
    }

    /** The side of the decoder's window. */
    public Builder deconvolution(int size) {
      return with(LAYERS, new ConvLayers(settings.get(LAYERS).convolutions(), size));
    }

    /**
     * Spatial sparsity, and then lifetime sparsity: each map keeps this share of its images'
     * winners over the mini-batch.
     */
    public Builder lifetime(double rate) {
      return competition(new Spatial().then(new Lifetime(rate)));
    }

    public Builder competition(Competition competition) {
      return with(COMPETITION, competition);
    }

    /** How the maps become features. */
    public Builder pool(Pooling pooling) {
      return with(POOL, pooling);
    }

    /** The standard deviation of the decoder's first filters. */
    public Builder decoderInit(double deviation) {
      return with(DECODER_INIT, deviation);
    }

    private <T> Builder with(Setting<T> setting, T value) {
      return new Builder(sample, settings.with(setting, value), convolutions);
    }

    /** The model in the memory of {@code backend}, with first weights from {@code seed}. */
    public ConvWta on(Backend backend, Seed seed) {
      return new ConvWta(settings, sample, backend, seed);
    }
  }

  /** Makes {@link ConvWta} from a configuration. */
  public static final class Family implements ModelFamily {
    @Override
    public String name() {
      return FAMILY;
    }

    @Override
    public String summary() {
      return "convolutional winner-take-all autoencoder (Makhzani and Frey 2015)";
    }

    @Override
    public SettingsSpec settings() {
      return SETTINGS;
    }

    @Override
    public List<Preset> presets() {
      return ConvPresets.ALL;
    }

    @Override
    public Map<String, Object> earlierSettings() {
      return Map.of(POOL.name(), Pooling.NONE.text());
    }

    @Override
    public Model create(Settings settings, Shape sample, Backend backend, Seed seed) {
      return new ConvWta(settings, sample, backend, seed);
    }
  }
}
