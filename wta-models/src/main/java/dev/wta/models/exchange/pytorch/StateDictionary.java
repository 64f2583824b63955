package dev.wta.models.exchange.pytorch;

import dev.wta.api.IntSize;
import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.models.exchange.file.StoredZip;
import dev.wta.models.exchange.file.TensorSource;
import dev.wta.models.exchange.pytorch.PickledTensor.Storage;
import dev.wta.models.io.WriteFailures;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * A state dictionary that {@code torch.save(model.state_dict(), file)} wrote: a ZIP archive with
 * {@code data.pkl}, whose tensors name their storages, {@code data/0} and so on, of plain numbers.
 * The pickle is read by an {@link Unpickler}, which runs nothing.
 */
public final class StateDictionary implements TensorSource {
  private static final String PICKLE = "data.pkl";
  private static final long MOST_PICKLE_BYTES = 1 << 24;
  private static final int CHUNK = 1 << 16;

  private final Path file;
  private final StoredZip zip;
  private final String root;
  private final Map<String, PickledTensor> tensors = new LinkedHashMap<>();
  private final Map<String, Object> others = new LinkedHashMap<>();

  private StateDictionary(Path file, StoredZip zip) {
    this.file = file;
    this.zip = zip;
    root =
        zip.names().stream()
            .filter(name -> name.endsWith("/" + PICKLE))
            .map(name -> name.substring(0, name.length() - PICKLE.length()))
            .findFirst()
            .orElseThrow(() -> damaged("it has no " + PICKLE));
  }

  /**
   * Opens a file.
   *
   * @throws WtaException if it is cut or damaged, in the format from before PyTorch 1.6, or its
   *     pickle asks for anything that a state dictionary has not
   */
  public static StateDictionary open(Path file) {
    StoredZip zip =
        StoredZip.open(
            file,
            "get it again from its source; if a PyTorch before 1.6 saved it, load and save it with"
                + " a newer one");
    try {
      StateDictionary opened = new StateDictionary(file, zip);
      opened.readPickle();
      return opened;
    } catch (RuntimeException failed) {
      zip.close();
      throw failed;
    }
  }

  private void readPickle() {
    long size = zip.size(root + PICKLE).orElseThrow();
    if (size > MOST_PICKLE_BYTES) {
      throw damaged("its pickle has %,d bytes".formatted(size));
    }
    Object value = Unpickler.read(file, bytes(root + PICKLE, (int) size));
    if (!(value instanceof Map<?, ?> dictionary)) {
      throw damaged("its pickle is no dictionary");
    }
    dictionary.forEach(
        (name, entry) -> {
          if (entry instanceof PickledTensor tensor) {
            requireStored(String.valueOf(name), tensor.storage());
            tensors.put(String.valueOf(name), tensor);
          } else {
            others.put(String.valueOf(name), entry);
          }
        });
    String order = root + "byteorder";
    Optional<Long> named = zip.size(order);
    if (named.isPresent()
        && !new String(bytes(order, Math.toIntExact(named.get())), StandardCharsets.UTF_8)
            .strip()
            .equals("little")) {
      throw new WtaException(
          "%s has numbers of big-endian bytes".formatted(file),
          "save it on a little-endian machine");
    }
  }

  private void requireStored(String name, Storage storage) {
    long wanted = storage.numbers() * storage.type().bytes();
    Optional<Long> found = zip.size(place(storage));
    if (found.isEmpty() || found.get() != wanted) {
      throw damaged(
          "the numbers of '%s' have %s bytes and should have %,d"
              .formatted(name, found.map("%,d"::formatted).orElse("no"), wanted));
    }
  }

  private String place(Storage storage) {
    return root + "data/" + storage.key();
  }

  private byte[] bytes(String name, int size) {
    try (InputStream in = zip.read(name)) {
      byte[] bytes = in.readNBytes(size);
      if (bytes.length < size) {
        throw new EOFException("'%s' ends early".formatted(name));
      }
      return bytes;
    } catch (IOException unreadable) {
      throw WriteFailures.reading(file, unreadable);
    }
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  /**
   * What the dictionary holds of that name besides tensors: a text, a number, a map or a list.
   * Empty if there is none.
   */
  public Optional<Object> other(String name) {
    return Optional.ofNullable(others.get(name));
  }

  @Override
  public Shape shape(String name) {
    return Shape.of(
        tensors.get(name).extents().stream().mapToInt(extent -> (int) (long) extent).toArray());
  }

  @Override
  public float[] values(String name, LongConsumer read) {
    PickledTensor tensor = tensors.get(name);
    float[] stored = stored(tensor.storage(), read);
    if (tensor.rowMajor()) {
      return stored;
    }
    float[] values = new float[IntSize.of(shape(name).size(), "numbers of", name)];
    gather(tensor, stored, values, 0, (int) tensor.offset(), new int[1]);
    return values;
  }

  /** Row-major, whatever the order of the storage. */
  private static void gather(
      PickledTensor tensor, float[] stored, float[] values, int axis, int from, int[] done) {
    if (axis == tensor.extents().size()) {
      values[done[0]++] = stored[from];
      return;
    }
    int stride = (int) (long) tensor.strides().get(axis);
    for (int i = 0; i < tensor.extents().get(axis); i++) {
      gather(tensor, stored, values, axis + 1, from + i * stride, done);
    }
  }

  private float[] stored(Storage storage, LongConsumer read) {
    float[] numbers = new float[IntSize.of(storage.numbers(), "numbers of", file)];
    int width = storage.type().bytes();
    try (InputStream in = zip.read(place(storage))) {
      for (int from = 0; from < numbers.length; from += CHUNK) {
        int count = Math.min(CHUNK, numbers.length - from);
        byte[] bytes = in.readNBytes(count * width);
        if (bytes.length < count * width) {
          throw new EOFException("'%s' ends early".formatted(place(storage)));
        }
        ByteBuffer little = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        storage.type().read(little, numbers, from, count);
        read.accept(count);
      }
      return numbers;
    } catch (IOException unreadable) {
      throw WriteFailures.reading(file, unreadable);
    }
  }

  private WtaException damaged(String how) {
    return new WtaException(
        "%s is no state dictionary of PyTorch: %s".formatted(file, how),
        "give a file that torch.save(model.state_dict(), file) wrote");
  }

  @Override
  public void close() {
    zip.close();
  }
}
