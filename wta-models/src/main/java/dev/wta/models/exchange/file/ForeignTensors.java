package dev.wta.models.exchange.file;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.models.io.Safetensors;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;

/** The tensors of another tool's model, each asked for by its name and the shape it has to have. */
public final class ForeignTensors implements AutoCloseable {
  private static final String READING = "reading weights";

  private final Path file;
  private final TensorSource tensors;
  private final ProgressListener listener;
  private long total; // 0 before the first number
  private long done;
  private final Set<String> taken = new HashSet<>();

  /**
   * Those of a file.
   *
   * @param file for messages
   * @param tensors closed with this
   * @param listener receives the number of values read
   */
  public ForeignTensors(Path file, TensorSource tensors, ProgressListener listener) {
    this.file = file;
    this.tensors = tensors;
    this.listener = listener;
  }

  /**
   * Opens a safetensors file.
   *
   * @throws WtaException if it is none, is cut, or holds numbers of a type that is not known
   */
  public static ForeignTensors open(Path file, ProgressListener listener) {
    return new ForeignTensors(file, of(Safetensors.openForeign(file)), listener);
  }

  private static TensorSource of(Safetensors tensors) {
    return new TensorSource() {
      @Override
      public Set<String> names() {
        return tensors.names();
      }

      @Override
      public Shape shape(String name) {
        return tensors.shape(name);
      }

      @Override
      public float[] values(String name, LongConsumer read) {
        return tensors.values(name, read);
      }

      @Override
      public void close() {
        tensors.close();
      }
    };
  }

  public boolean has(String name) {
    return tensors.names().contains(name);
  }

  /**
   * The shape of a tensor.
   *
   * @throws WtaException if it is not there
   */
  public Shape shape(String name) {
    if (!has(name)) {
      throw new WtaException(
          "%s has no tensor '%s', and has %s".formatted(file, name, list(tensors.names())),
          "export the model again, or correct the configuration beside it");
    }
    return tensors.shape(name);
  }

  /**
   * How far a tensor extends along an axis.
   *
   * @param axes as many as it has to have
   * @throws WtaException if it is not there, or has other axes
   */
  public int extent(String name, int axes, int axis) {
    Shape found = shape(name);
    if (found.extents().length != axes) {
      throw new WtaException(
          "'%s' in %s has shape %s, and has to have %d axes".formatted(name, file, found, axes),
          "export the model again");
    }
    return found.extents()[axis];
  }

  /**
   * The numbers of a tensor, row-major.
   *
   * @param extents the shape that it has to have; none for a single number
   * @throws WtaException if it is not there, has another shape, or holds NaN or an infinity
   */
  public float[] values(String name, int... extents) {
    Shape wanted = Shape.of(extents);
    Shape found = shape(name);
    if (!found.equals(wanted)) {
      throw new WtaException(
          "'%s' in %s has shape %s, and has to have %s".formatted(name, file, found, wanted),
          "export the model again, or correct the configuration beside it");
    }
    float[] values = tensors.values(name, this::report);
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new WtaException(
            "'%s' in %s holds %s, at place %,d".formatted(name, file, values[i], i),
            "its training diverged, or its numbers are no float32: take an earlier checkpoint");
      }
    }
    taken.add(name);
    return values;
  }

  private void report(long numbers) {
    if (total == 0) {
      total = tensors.names().stream().mapToLong(name -> tensors.shape(name).size()).sum();
    }
    done = Math.min(total, done + numbers); // tensors may share their numbers
    listener.progressed(READING, done, total);
  }

  /** Takes note of tensors that are of no use here, if they are there. */
  public void ignore(String... names) {
    taken.addAll(List.of(names));
  }

  /**
   * Checks that nothing was left unread.
   *
   * @param model what was read, for the message
   * @throws WtaException if there is a tensor that nobody asked for
   */
  public void requireNoOther(String model) {
    Set<String> others = new HashSet<>(tensors.names());
    others.removeAll(taken);
    if (!others.isEmpty()) {
      throw new WtaException(
          "%s has the tensors %s, which no %s has".formatted(file, list(others), model),
          "correct the architecture in the configuration beside it");
    }
  }

  private static String list(Collection<String> names) {
    return names.isEmpty() ? "none" : String.join(", ", names.stream().sorted().toList());
  }

  @Override
  public void close() {
    tensors.close();
  }
}
