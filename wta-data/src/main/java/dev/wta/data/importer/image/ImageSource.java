package dev.wta.data.importer.image;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.ElementType;
import dev.wta.data.importer.ImportListener;
import dev.wta.data.importer.SampleChunk;
import dev.wta.data.importer.SampleSource;
import dev.wta.data.importer.archive.FileTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Images decoded on all cores and handed out in order. Only so many are decoded at once and ahead,
 * so the memory they take is bounded. The first that can be read settles the shape of all.
 */
final class ImageSource implements SampleSource {
  /** What may be decoded and not yet handed out, and where the heap is large an eighth of it. */
  private static final long AHEAD_BYTES = 64 << 20;

  private static final int MOST_AHEAD = 1024;

  private static final ThreadLocal<ImageDecoder> DECODERS =
      ThreadLocal.withInitial(ImageDecoder::new);

  /** An image, or why there is none. */
  private sealed interface Outcome {
    record Read(Image picture, Set<ImageRemark> remarks) implements Outcome {}

    /** Of another size than the first, and so no sample: its values are not kept. */
    record OtherSize(int width, int height) implements Outcome {}

    record Unreadable(String reason) implements Outcome {}
  }

  private final Path source;
  private final FileTree files;
  private final List<String> names;
  private final int[] labels;
  private final ImageOptions options;
  private final ImportListener listener;
  private final ExecutorService cores;
  private final Queue<Future<Outcome>> decoding = new ArrayDeque<>();

  private final PixelBudget budget = new PixelBudget(Runtime.getRuntime().maxMemory());
  private final Map<ImageRemark, Integer> remarks = new EnumMap<>(ImageRemark.class);

  /** Settled by the thread that imports; those that decode look at it. */
  private volatile Image first;

  private String firstName;
  private int ahead = 1;
  private int submitted;
  private int taken;
  private int unreadable;

  private ImageSource(
      Path source,
      FileTree files,
      List<String> names,
      int[] labels,
      ImageOptions options,
      ImportListener listener) {
    this.source = source;
    this.files = files;
    this.names = names;
    this.labels = labels;
    this.options = options;
    this.listener = listener;
    this.cores =
        Executors.newFixedThreadPool(
            Runtime.getRuntime().availableProcessors(),
            Thread.ofPlatform().daemon().name("pictures-", 0).factory());
  }

  /**
   * Starts decoding.
   *
   * @param names of the images among the files, in the order to take them
   * @param labels of them; none if there are no classes
   * @throws WtaException if none can be read
   */
  static ImageSource open(
      Path source,
      FileTree files,
      List<String> names,
      int[] labels,
      ImageOptions options,
      ImportListener listener) {
    ImageSource pictures = new ImageSource(source, files, names, labels, options, listener);
    try {
      pictures.settle();
      return pictures;
    } catch (RuntimeException | Error failed) {
      pictures.close();
      throw failed;
    }
  }

  /** Decodes up to the first that can be read. */
  private void settle() {
    while (first == null) {
      submitAhead();
      if (decoding.isEmpty()) {
        throw new WtaException(
            "none of the %,d images of %s can be read".formatted(names.size(), source),
            "give PNG, JPEG or PNM");
      }
      if (outcome(decoding.element()) instanceof Outcome.Read read) {
        first = read.picture;
        firstName = names.get(taken);
      } else {
        take();
      }
    }
    long room = Math.max(AHEAD_BYTES, Runtime.getRuntime().maxMemory() / 8);
    ahead = Math.clamp(room / first.values().length, 1, MOST_AHEAD);
  }

  private void submitAhead() {
    while (submitted < names.size() && decoding.size() < ahead) {
      String name = names.get(submitted);
      decoding.add(cores.submit(() -> decode(name)));
      submitted++;
    }
  }

  private Outcome decode(String name) {
    try {
      byte[] file = files.read(name);
      try (PixelBudget.Taken _ = budget.take(ImageDecoder.pixels(file))) {
        return outcome(DECODERS.get().decode(file));
      }
    } catch (IOException | UnreadableImageException broken) {
      return new Outcome.Unreadable(broken.getMessage());
    }
  }

  private Outcome outcome(DecodedImage decoded) {
    Image picture = decoded.picture();
    Image coloured =
        switch (options.channels()) {
          case OF_THE_FIRST -> picture;
          case GREY -> picture.grey();
          case COLOUR -> picture.colour();
        };
    Image fitted = options.fit().apply(coloured);
    Image like = first;
    return like == null || like.width() == fitted.width() && like.height() == fitted.height()
        ? new Outcome.Read(fitted, decoded.remarks())
        : new Outcome.OtherSize(fitted.width(), fitted.height());
  }

  private static Outcome outcome(Future<Outcome> decoded) {
    try {
      return decoded.get();
    } catch (ExecutionException failed) {
      switch (failed.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        default -> throw new IllegalStateException(failed.getCause());
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while decoding", interrupted);
    }
  }

  /** The next image, or null if that one cannot be read and may be left out. */
  private Image take() {
    String name = names.get(taken);
    Outcome outcome = outcome(decoding.remove());
    taken++;
    switch (outcome) {
      case Outcome.Read(Image picture, Set<ImageRemark> remarked) -> {
        remarked.forEach(remark -> remarks.merge(remark, 1, Integer::sum));
        return conforming(picture, name);
      }
      case Outcome.OtherSize(int width, int height) -> throw otherSize(name, width, height);
      case Outcome.Unreadable(String reason) -> {
        unreadable++;
        if (unreadable > options.mostUnreadable()) {
          throw new WtaException(
              "%s in %s cannot be read: %s%s"
                  .formatted(
                      name,
                      source,
                      reason,
                      unreadable == 1 ? "" : ", as %d before it".formatted(unreadable - 1)),
              "mend or remove it, or have up to so many left out with --max-bad");
        }
        listener.unreadable(name, reason);
        return null;
      }
    }
  }

  private Image conforming(Image picture, String name) {
    if (first == null) {
      return picture;
    }
    if (picture.width() != first.width() || picture.height() != first.height()) {
      throw otherSize(name, picture.width(), picture.height());
    }
    if (picture.channels() > first.channels()) {
      throw new WtaException(
          "%s in %s has colours, %s has none".formatted(name, source, firstName),
          "choose with --grey or --colour");
    }
    return first.channels() == 3 ? picture.colour() : picture;
  }

  private WtaException otherSize(String name, int width, int height) {
    return new WtaException(
        "%s in %s is of %dx%d pixels, %s of %dx%d"
            .formatted(name, source, width, height, firstName, first.width(), first.height()),
        "bring all to one size with --resize or --crop");
  }

  @Override
  public Form form() {
    return new Form(
        Shape.of(first.channels(), first.height(), first.width()),
        ElementType.UINT8,
        labels.length > 0,
        names.size());
  }

  @Override
  public int read(SampleChunk chunk) {
    int rows = 0;
    while (rows < chunk.capacity() && taken < names.size()) {
      submitAhead();
      int index = taken;
      Image picture = take();
      if (picture != null) {
        byte[] values = picture.values();
        System.arraycopy(values, 0, chunk.bytes(), rows * values.length, values.length);
        if (labels.length > 0) {
          chunk.labels()[rows] = labels[index];
        }
        rows++;
      }
    }
    if (taken == names.size()) {
      remarks.forEach(
          (remark, count) ->
              listener.note("%,d of %,d images %s".formatted(count, names.size(), remark.text())));
      remarks.clear();
    }
    return rows;
  }

  /** Waits for the images at work: they read the files, which are about to be closed. */
  @Override
  public void close() {
    decoding.forEach(picture -> picture.cancel(false));
    cores.close();
  }
}
