package dev.wta.models.stacked;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.op.Memory;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.Model;
import dev.wta.models.ModelFamily;
import dev.wta.models.ModelLayer;
import dev.wta.models.ModelSettings;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.settings.Setting;
import dev.wta.models.training.TrainingSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Models on top of one another as one encoder (Makhzani and Frey 2015, sections 2.2 and 3.2): each
 * is trained on the features of the one below it, competition off and pooled, which is frozen by
 * then. The trainer trains such a model a layer at a time. Its representation is that of its last
 * layer, or those of all layers side by side ({@code features=all}), the first layer's first; it
 * has no reconstruction of its own, since pooling cannot be undone.
 */
public final class Stacked extends FeatureExtractor {
  private static final String NAME = "stacked";
  private static final String FEATURES = "features";

  /**
   * Of {@link Stacked}.
   *
   * <pre>{@code
   * Stacked stack =
   *     Stacked.Settings.NO_LAYERS
   *         .layer(ConvWta.Settings.DEFAULTS.pool(Pooling.of(5, 3)), training -> training.epochs(4))
   *         .layer(FcWta.Settings.DEFAULTS.hidden(2048))
   *         .on(Shape.of(1, 28, 28), backend, Seed.of(1));
   * }</pre>
   */
  public record Settings(
      @Setting(
              help =
                  "the layers, beginning at the data; in YAML '- model: fc-wta' with its settings"
                      + " below",
              as = StackLayers.Elements.class)
          StackLayers layers,
      @Setting(help = "the features of a sample: the last layer's, or all layers' concatenated")
          Whose features)
      implements ModelSettings<Settings, Stacked> {
    /** The last layer's features, and no layers yet. */
    public static final Settings NO_LAYERS = new Settings(new StackLayers(List.of()), Whose.LAST);

    /**
     * A layer on top of these, trained as its family is by default.
     *
     * @throws WtaException if it is a transcoder or a stack
     */
    public Settings layer(ModelSettings<?, ?> model) {
      return layer(model, UnaryOperator.identity());
    }

    /**
     * A layer on top of these.
     *
     * @param training makes the settings of its training from its family's defaults; the seed is
     *     the stack's
     * @throws WtaException if it is a transcoder or a stack
     */
    public Settings layer(ModelSettings<?, ?> model, UnaryOperator<TrainingSettings> training) {
      List<StackLayer> more = new ArrayList<>(layers.list());
      more.add(StackLayer.of(model, training));
      return new Settings(new StackLayers(more), features);
    }

    /** Whose features a sample's are. */
    public Settings features(Whose whose) {
      return with("features", whose);
    }

    @Override
    public Stacked on(Shape sample, Backend backend, Seed seed) {
      return new Stacked(this, sample, backend, seed);
    }
  }

  /** Whose features are a sample's. */
  public enum Whose {
    /** The last layer's. */
    LAST,
    /** All layers', side by side, the first layer's first. */
    ALL
  }

  public static final ModelFamily FAMILY =
      ModelFamily.of(
              NAME,
              "models on top of one another, each trained on the features of the one below",
              Settings.NO_LAYERS,
              Stacked::new)
          .ofLayers(Stacked::changed);

  private final List<ModelLayer> layers = new ArrayList<>();
  private final Whose whose;
  private Optional<Tensor> decoded = Optional.empty();

  Stacked(Settings settings, Shape sample, Backend backend, Seed seed) {
    super(NAME, settings, sample, backend);
    whose = settings.features();
    if (settings.layers().list().isEmpty()) {
      throw new WtaException(
          "a stacked model needs its layers",
          "list them under 'layers:' in a YAML file, --config; in Java by Settings.layer(...)");
    }
    try {
      for (StackLayer layer : settings.layers().list()) {
        layers.add(new ModelLayer(create(layer, seed), layer.training()));
      }
    } catch (RuntimeException failed) {
      close();
      throw failed;
    }
  }

  /** Each layer's first weights come from a seed of its own. */
  private Model create(StackLayer layer, Seed seed) {
    Shape below = layers.isEmpty() ? sampleShape() : top().featureShape();
    try {
      Seed own = Seed.of(seed.value() + layers.size());
      // a layer's family trains its models as a whole: StackLayer refuses others
      return (Model) layer.family().create(layer.settings().model(), below, backend(), own);
    } catch (WtaException unfit) {
      throw new WtaException(
          "layer %d: %s".formatted(layers.size() + 1, unfit.problem()), unfit.remedy(), unfit);
    }
  }

  private Model top() {
    return layers.getLast().model();
  }

  @Override
  public List<ModelLayer> layers() {
    return List.copyOf(layers);
  }

  /** Those of all layers, {@code layers.1.encoder.0.weight} for example. */
  @Override
  public List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      for (Parameter parameter : layers.get(i).model().parameters()) {
        all.add(parameter.named("layers.%d.%s".formatted(i + 1, parameter.name())));
      }
    }
    return all;
  }

  /** Where each layer takes what the one below makes of them, whatever its size. */
  @Override
  public boolean encodesPictures(Shape picture) {
    return layers.getFirst().model().encodesPictures(picture)
        && layers.stream()
            .skip(1)
            .map(ModelLayer::model)
            .allMatch(layer -> layer.encodesPictures(layer.sampleShape()));
  }

  @Override
  public int features() {
    return whose == Whose.LAST
        ? top().features()
        : layers.stream().mapToInt(layer -> layer.model().features()).reduce(0, Math::addExact);
  }

  @Override
  public Shape featureShape() {
    return whose == Whose.LAST ? top().featureShape() : Shape.of(features());
  }

  @Override
  public boolean sparse() {
    return top().sparse();
  }

  @Override
  public long activations() {
    return layers.stream().mapToLong(layer -> layer.model().activations()).sum();
  }

  @Override
  protected Variable encode(Tape tape, Variable x) {
    Variable below = x;
    List<Tensor> all = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      Model layer = layers.get(i).model();
      Tensor seen = i == 0 ? x.value() : preprocessed(layer, below.value(), tape);
      below = encodeBy(layer, tape, seen);
      all.add(below.value());
    }
    return whose == Whose.LAST ? below : tape.constant(sideBySide(all, tape));
  }

  /** {@code (samples, features)} of all layers, from those of each. */
  private Tensor sideBySide(List<Tensor> all, Tape tape) {
    Memory memory = tape.backend().memory();
    int samples = all.getFirst().shape().rows();
    float[] joined = new float[Math.multiplyExact(samples, features())];
    int column = 0;
    for (Tensor one : all) {
      float[] values = memory.download(one);
      int width = one.shape().rowSize();
      for (int i = 0; i < samples; i++) {
        System.arraycopy(values, i * width, joined, i * features() + column, width);
      }
      column += width;
    }
    Tensor room = tape.temporary(Shape.of(samples, features()));
    memory.upload(joined, 0, room);
    return room;
  }

  /** What an upper layer makes of the features below it before it sees them. */
  private static Tensor preprocessed(Model layer, Tensor below, Tape tape) {
    Preprocessing fitted = layer.preprocessing().orElseGet(Preprocessing::none);
    if (fitted.describe().equals(Preprocessing.none().describe())) {
      return below;
    }
    Memory memory = tape.backend().memory();
    float[] values = memory.download(below);
    fitted.apply(values, below.shape().rows(), layer.sampleShape());
    Tensor room = tape.temporary(below.shape());
    memory.upload(values, 0, room);
    return room;
  }

  @Override
  public int units() {
    return top().units();
  }

  /**
   * The last layer's filters in the data: decoded by the layers below, linearly and without biases.
   * Made at the first call, which has to wait until training is over.
   */
  @Override
  public Tensor decoderFilters() {
    if (decoded.isEmpty()) {
      decoded = Optional.of(layerFilters(layers.size()));
    }
    return decoded.get();
  }

  @Override
  public Shape filterShape() {
    return decoderFilters().shape().row();
  }

  @Override
  public Tensor layerFilters(int layer) {
    Model last = layers.get(layer - 1).model();
    Memory memory = backend().memory();
    Tensor filters = last.decoderFilters();
    Tensor inData = memory.allocate(last.filterShape().batch(filters.shape().rows()));
    memory.copy(filters, inData);
    for (int below = layer - 2; below >= 0; below--) {
      Tensor patterns = inData;
      try {
        inData = layers.get(below).model().decode(patterns);
      } finally {
        patterns.close();
      }
    }
    return inData;
  }

  @Override
  public void close() {
    decoded.ifPresent(Tensor::close);
    layers.forEach(layer -> layer.model().close());
    super.close();
  }

  /** How features are made is a matter of the last layer, but for whose they are. */
  private static Map<String, Object> changed(Map<String, Object> saved, Map<String, ?> changes) {
    Map<String, Object> ofLast = new LinkedHashMap<>(changes);
    Object whose = ofLast.remove(FEATURES);
    List<Map<String, Object>> layers =
        new ArrayList<>(StackLayers.parse(saved.get("layers")).toList());
    StackLayer top = StackLayer.parse(layers.removeLast());
    Map<String, Object> last = new LinkedHashMap<>(top.toMap());
    last.putAll(top.family().changed(top.settings().model().toMap(), ofLast));
    layers.add(last);
    Map<String, Object> all = new LinkedHashMap<>(saved);
    all.put("layers", layers);
    if (whose != null) {
      all.put(FEATURES, whose);
    }
    return all;
  }
}
