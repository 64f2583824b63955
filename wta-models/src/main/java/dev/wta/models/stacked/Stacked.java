package dev.wta.models.stacked;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.op.Memory;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.Model;
import dev.wta.models.ModelFamily;
import dev.wta.models.ModelLayer;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.Settings;
import dev.wta.models.settings.SettingsSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Models on top of one another as one encoder (Makhzani and Frey 2015, sections 2.2 and 3.2): each
 * is trained on the features of the one below it, competition off and pooled, which is frozen by
 * then. The trainer trains such a model a layer at a time. Its representation is that of its last
 * layer; it has no reconstruction of its own, since pooling cannot be undone.
 */
public final class Stacked extends Model {
  static final String FAMILY = "stacked";
  static final Setting<StackLayers> LAYERS =
      Setting.structured(
          "layers",
          "a list of layers, each with its 'model', perhaps a 'preset', and the settings of that"
              + " model and of its training",
          new StackLayers(List.of()),
          StackLayers::parse,
          StackLayers::toList,
          "the layers, that of the data first; in YAML '- model: fc-wta' and its settings below");
  static final SettingsSpec SETTINGS = SettingsSpec.of(LAYERS);

  private final List<ModelLayer> layers = new ArrayList<>();
  private Optional<Tensor> drawings = Optional.empty();

  Stacked(Settings settings, Shape sample, Backend backend, Seed seed) {
    super(FAMILY, settings, sample, backend, seed);
    if (settings.get(LAYERS).list().isEmpty()) {
      throw new WtaException(
          "a stacked model needs its layers", "list them under 'layers:' in a YAML file, --config");
    }
    try {
      for (StackLayer layer : settings.get(LAYERS).list()) {
        layers.add(new ModelLayer(create(layer, seed), layer.training().toMap()));
      }
    } catch (RuntimeException failed) {
      close();
      throw failed;
    }
  }

  /** Each layer draws its first weights from a seed of its own. */
  private Model create(StackLayer layer, Seed seed) {
    Shape below = layers.isEmpty() ? sampleShape() : top().featureShape();
    try {
      return layer
          .family()
          .create(layer.model(), below, backend(), Seed.of(seed.value() + layers.size()));
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

  @Override
  public int features() {
    return top().features();
  }

  @Override
  public Shape featureShape() {
    return top().featureShape();
  }

  @Override
  public long activations() {
    return layers.stream().mapToLong(layer -> layer.model().activations()).sum();
  }

  @Override
  protected Variable encode(Tape tape, Variable x) {
    Tensor below = x.value();
    for (int i = 0; i < layers.size(); i++) {
      Model layer = layers.get(i).model();
      Tensor features = tape.temporary(layer.featureShape().batch(x.shape().rows()));
      layer.encode(i == 0 ? below : preprocessed(layer, below, tape), features);
      below = features;
    }
    return tape.constant(below);
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

  /**
   * What the last layer's units draw in the data: their filters, drawn by the decoders below,
   * linearly and without biases. Drawn at the first call, to be made when training is over.
   */
  @Override
  public Tensor decoderFilters() {
    if (drawings.isEmpty()) {
      drawings = Optional.of(drawn(layers.size()));
    }
    return drawings.get();
  }

  @Override
  public Shape filterShape() {
    return decoderFilters().shape().row();
  }

  /**
   * What the units of one of the layers draw in the data, see {@link #decoderFilters}. The caller
   * closes it.
   *
   * @param layer from 1
   */
  public Tensor drawn(int layer) {
    Model last = layers.get(layer - 1).model();
    Memory memory = backend().memory();
    Tensor filters = last.decoderFilters();
    Tensor drawn = memory.allocate(last.filterShape().batch(filters.shape().rows()));
    memory.copy(filters, drawn);
    for (int below = layer - 2; below >= 0; below--) {
      Tensor patterns = drawn;
      try {
        drawn = layers.get(below).model().draw(patterns);
      } finally {
        patterns.close();
      }
    }
    return drawn;
  }

  @Override
  protected StepOutput step(Tape tape, Variable x) {
    throw new UnsupportedOperationException("a stacked model is trained a layer at a time");
  }

  @Override
  public boolean reconstructs() {
    return false;
  }

  @Override
  protected Variable reconstruct(Tape tape, Variable x) {
    throw new UnsupportedOperationException("a stacked model has no reconstruction");
  }

  @Override
  public void close() {
    drawings.ifPresent(Tensor::close);
    layers.forEach(layer -> layer.model().close());
    super.close();
  }

  /** Makes {@link Stacked} from a configuration. */
  public static final class Family implements ModelFamily {
    @Override
    public String name() {
      return FAMILY;
    }

    @Override
    public String summary() {
      return "models on top of one another, each trained on the features of the one below";
    }

    @Override
    public SettingsSpec settings() {
      return SETTINGS;
    }

    @Override
    public boolean trainsByLayer() {
      return true;
    }

    /** How features are made is a matter of the last layer. */
    @Override
    public Map<String, Object> changed(Map<String, Object> saved, Map<String, ?> changes) {
      List<Map<String, Object>> layers =
          new ArrayList<>(StackLayers.parse(saved.get(LAYERS.name())).toList());
      StackLayer top = StackLayer.parse(layers.removeLast());
      Map<String, Object> last = new LinkedHashMap<>();
      last.putAll(top.toMap());
      last.putAll(top.family().changed(top.model().toMap(), changes));
      layers.add(last);
      return Map.of(LAYERS.name(), layers);
    }

    @Override
    public Model create(Settings settings, Shape sample, Backend backend, Seed seed) {
      return new Stacked(settings, sample, backend, seed);
    }
  }
}
