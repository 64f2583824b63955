package dev.wta.models;

import dev.wta.api.IntSize;
import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Dataset;
import dev.wta.data.FiniteValues;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.storage.FeatureFile;
import dev.wta.models.storage.FeatureStorage;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The features of a data set, {@code (samples, features)}, such as a probe is trained on. They are
 * in a backend's memory or, if a {@link FeatureStorage} finds them too large, in a temporary file.
 * The caller closes them. Used by one thread at a time.
 */
public final class Features implements AutoCloseable {
  private static final int SAMPLES_AT_ONCE = 1000;

  private final Backend backend;
  private final Rows stored;

  /** The storage of features. */
  private sealed interface Rows extends AutoCloseable permits InMemory, InFile {
    int samples();

    int width();

    Tensor rows(int from, int count);

    Features subset(int... samples);

    @Override
    void close();
  }

  /**
   * Features in a backend's memory.
   *
   * @param values {@code (samples, features)}; closed with the features
   */
  public Features(Backend backend, Tensor values) {
    this.backend = backend;
    stored = new InMemory(backend, values);
  }

  private Features(Backend backend, InFile stored) {
    this.backend = backend;
    this.stored = stored;
  }

  /**
   * Encodes a data set without competition, batch by batch.
   *
   * @param seen called after each batch is encoded
   * @throws WtaException if the samples' shape is not the encoder's
   */
  public static Features of(FeatureExtractor encoder, Dataset data, Consumer<ForwardPass> seen) {
    return of(encoder, data, Optional.empty(), FeatureStorage.standard(), seen);
  }

  /**
   * As {@link #of(FeatureExtractor, Dataset, Consumer)}, with a transcoder's targets for the
   * passes, see {@link ForwardPass#towards}.
   *
   * @param storage where the features are stored
   */
  public static Features of(
      FeatureExtractor encoder,
      Dataset data,
      Optional<Dataset> targets,
      FeatureStorage storage,
      Consumer<ForwardPass> seen) {
    Backend backend = encoder.backend();
    try (var _ = backend.hold();
        ForwardPass pass = ForwardPass.of(encoder, data);
        Filling filling = new Filling(backend, data.size(), encoder.features(), storage)) {
      targets.ifPresent(pass::towards);
      while (pass.next()) {
        if (filling.room.isPresent()) {
          pass.encode(filling.room.get().rows(pass.done() - pass.count(), pass.count()));
        } else {
          filling.file.orElseThrow().append(pass.codes(), pass.count());
        }
        seen.accept(pass);
      }
      return filling.filled();
    }
  }

  /** The samples themselves, scaled by {@link Preprocessing#standard}: a baseline for features. */
  public static Features ofSamples(Backend backend, Dataset data) {
    return ofSamples(backend, data, FeatureStorage.standard());
  }

  /**
   * As {@link #ofSamples(Backend, Dataset)}.
   *
   * @param storage where the features are kept
   */
  public static Features ofSamples(Backend backend, Dataset data, FeatureStorage storage) {
    Shape sample = data.sampleShape();
    int width = Math.toIntExact(sample.size());
    Preprocessing standard = Preprocessing.standard(data.elementType());
    try (Filling filling = new Filling(backend, data.size(), width, storage)) {
      for (int from = 0; from < data.size(); from += SAMPLES_AT_ONCE) {
        int count = Math.min(SAMPLES_AT_ONCE, data.size() - from);
        float[] rows =
            new float[IntSize.of((long) count * width, "features of %d samples".formatted(count))];
        data.read(from, count, rows, 0);
        FiniteValues.require(data, from, rows, count);
        standard.apply(rows, count, sample);
        filling.file.ifPresent(file -> file.append(rows, count));
        int first = from;
        filling.room.ifPresent(room -> backend.memory().upload(rows, 0, room.rows(first, count)));
      }
      return filling.filled();
    }
  }

  /** Features that are being computed; closing frees them unless they are {@link #filled}. */
  private static final class Filling implements AutoCloseable {
    private final Backend backend;
    private final FeatureStorage storage;
    private final Optional<Tensor> room;
    private final Optional<FeatureFile> file;
    private boolean filled;

    Filling(Backend backend, int samples, int width, FeatureStorage storage) {
      this.backend = backend;
      this.storage = storage;
      boolean small = storage.holds(samples, width);
      room =
          small
              ? Optional.of(backend.memory().allocate(Shape.of(samples, width)))
              : Optional.empty();
      file =
          small
              ? Optional.empty()
              : Optional.of(FeatureFile.create(storage.folder(), samples, width));
    }

    Features filled() {
      filled = true;
      return room.map(values -> new Features(backend, values))
          .orElseGet(
              () ->
                  new Features(
                      backend, new InFile(backend, file.orElseThrow(), storage, Optional.empty())));
    }

    @Override
    public void close() {
      if (!filled) {
        room.ifPresent(Tensor::close);
        file.ifPresent(FeatureFile::close);
      }
    }
  }

  private record InMemory(Backend backend, Tensor values) implements Rows {
    @Override
    public int samples() {
      return values.shape().rows();
    }

    @Override
    public int width() {
      return values.shape().rowSize();
    }

    @Override
    public Tensor rows(int from, int count) {
      return values.rows(from, count);
    }

    @Override
    public Features subset(int... samples) {
      Tensor copy = backend.memory().allocate(Shape.of(samples.length, width()));
      for (int i = 0; i < samples.length; ) {
        int run = run(samples, i, samples.length);
        backend.memory().copy(values.rows(samples[i], run), copy.rows(i, run));
        i += run;
      }
      return new Features(backend, copy);
    }

    @Override
    public void close() {
      values.close();
    }
  }

  /** All rows of a file, or some of them. */
  private static final class InFile implements Rows {
    private final Backend backend;
    private final FeatureFile file;
    private final FeatureStorage storage;
    private final Optional<int[]> some;
    private float[] host = {};
    private Optional<Tensor> room = Optional.empty();

    InFile(Backend backend, FeatureFile file, FeatureStorage storage, Optional<int[]> some) {
      this.backend = backend;
      this.file = file;
      this.storage = storage;
      this.some = some;
    }

    @Override
    public int samples() {
      return some.map(rows -> rows.length).orElseGet(file::samples);
    }

    @Override
    public int width() {
      return file.width();
    }

    @Override
    public Tensor rows(int from, int count) {
      read(from, count);
      if (room.isEmpty() || room.get().shape().rows() < count) {
        room.ifPresent(Tensor::close);
        room = Optional.of(backend.memory().allocate(Shape.of(count, width())));
      }
      Tensor rows = room.get().rows(0, count);
      backend.memory().upload(host, 0, rows);
      return rows;
    }

    /** Reads rows to {@link #host}. */
    private void read(int from, int count) {
      int numbers = IntSize.of((long) count * width(), "features of %d samples".formatted(count));
      if (host.length < numbers) {
        host = new float[numbers];
      }
      if (some.isEmpty()) {
        file.read(from, count, host, 0);
        return;
      }
      int[] chosen = some.get();
      for (int i = from; i < from + count; ) {
        int run = run(chosen, i, from + count);
        file.read(chosen[i], run, host, (i - from) * width());
        i += run;
      }
    }

    @Override
    public Features subset(int... samples) {
      int[] rows = samples.clone();
      some.ifPresent(chosen -> Arrays.setAll(rows, i -> chosen[samples[i]]));
      InFile part = new InFile(backend, file, storage, Optional.of(rows));
      return storage.holds(samples.length, width())
          ? new Features(backend, part.load())
          : new Features(backend, part);
    }

    private Tensor load() {
      Tensor all = backend.memory().allocate(Shape.of(samples(), width()));
      for (int from = 0; from < samples(); from += SAMPLES_AT_ONCE) {
        int count = Math.min(SAMPLES_AT_ONCE, samples() - from);
        read(from, count);
        backend.memory().upload(host, 0, all.rows(from, count));
      }
      return all;
    }

    /** A part shares the file of the whole. */
    @Override
    public void close() {
      room.ifPresent(Tensor::close);
      room = Optional.empty();
      if (some.isEmpty()) {
        file.close();
      }
    }
  }

  /** The number of consecutive samples from {@code at} on, which are copied together. */
  private static int run(int[] samples, int at, int end) {
    int run = 1;
    while (at + run < end && samples[at + run] == samples[at] + run) {
      run++;
    }
    return run;
  }

  public Backend backend() {
    return backend;
  }

  /**
   * All of them, {@code (samples, features)}.
   *
   * @throws WtaException if they are in a file
   */
  public Tensor values() {
    return switch (stored) {
      case InMemory(_, Tensor values) -> values;
      case InFile file ->
          throw new WtaException(
              "%,d x %,d features are in a file, not in memory"
                  .formatted(file.samples(), file.width()),
              "read them by rows(from, count), or let more of them be in memory by -D%s=MIB"
                  .formatted(FeatureStorage.MEMORY));
    };
  }

  /** The file that holds them; empty if they are in memory. */
  public Optional<FeatureFile> file() {
    return stored instanceof InFile inFile ? Optional.of(inFile.file) : Optional.empty();
  }

  /** The number of samples. */
  public int samples() {
    return stored.samples();
  }

  /** The number of features of each sample. */
  public int width() {
    return stored.width();
  }

  /**
   * Some rows, {@code (count, features)}: a view of features in memory, or a copy of those in a
   * file that is valid until the next call, or until these features are closed.
   */
  public Tensor rows(int from, int count) {
    return stored.rows(from, count);
  }

  /**
   * The features of some samples: a copy or, if that were too large for memory, a view of the file.
   * The caller closes it before these features.
   *
   * @param samples the indices of the samples, in the order of the result
   */
  public Features subset(int... samples) {
    return stored.subset(samples);
  }

  @Override
  public void close() {
    stored.close();
  }
}
