package dev.wta.data.codes;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.SparseCode;
import dev.wta.api.tensor.SparseCodes;
import dev.wta.data.io.AtomicFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the activations of latents with the tokens that they belong to: a folder of files, each of
 * neighbouring latents. Activations are in temporary files in it until all samples are there.
 */
public abstract sealed class LatentFiles implements CodeWriter
    permits DelphiCache, SaeDashboardFiles {
  private static final int AXES = 3;

  private final Path folder;
  private final int features;
  private final TokenSequences texts;
  private final List<Split> splits = new ArrayList<>();
  private final List<Path> unfinished = new ArrayList<>(); // removed unless all files are there
  private int samples;

  /**
   * The latents of a file, and their activations in the samples' order.
   *
   * @param locations three int32 for each: sequence, position, and latent from the first one
   * @param values float32
   */
  record Split(int first, int end, GrowingArray locations, GrowingArray values) {
    int latents() {
      return end - first;
    }

    long size() throws IOException {
      return values.channel().size() / Float.BYTES;
    }
  }

  LatentFiles(Path folder, int features, TokenSequences texts) {
    this.folder = folder;
    this.features = features;
    this.texts = texts;
  }

  /** Makes the folder and the temporary files; closes this if it fails. */
  final void begin(int files) {
    boolean begun = false;
    try {
      if (Files.exists(folder) && !Files.isDirectory(folder)) {
        throw new WtaException(folder + " is a file", "give a folder that is new or empty");
      }
      boolean isNew = Files.notExists(folder);
      Files.createDirectories(folder);
      if (isNew) {
        unfinished.add(folder);
      }
      try (var found = Files.list(folder)) {
        if (found.findAny().isPresent()) {
          throw new WtaException(
              folder + " holds files already", "give a folder that is new or empty");
        }
      }
      int count = Math.clamp(files, 1, features);
      for (int i = 0; i < count; i++) {
        int first = (int) ((long) features * i / count);
        int end = (int) ((long) features * (i + 1) / count);
        splits.add(new Split(first, end, GrowingArray.in(folder), GrowingArray.in(folder)));
      }
      begun = true;
    } catch (IOException failed) {
      throw failed(failed);
    } finally {
      if (!begun) {
        close();
      }
    }
  }

  /** Whether a value that is not 0 is an activation. */
  abstract boolean keeps(float value);

  /** The name of a file. */
  abstract String name(int number, Split split);

  abstract void write(Split split, OutputStream out) throws IOException;

  /** Called once all files are there. */
  abstract void finish(Path folder, int files) throws IOException;

  final TokenSequences texts() {
    return texts;
  }

  @Override
  public final void append(float[] dense, int[] labelsOrNull, int count) {
    append(new SparseCodes.Builder(features).addDense(dense, count).build());
  }

  /**
   * Adds samples.
   *
   * @throws IllegalArgumentException if there are more than tokens
   * @throws WtaException if the disk fails
   */
  public final void append(SparseCodes codes) {
    if (codes.features() != features || codes.rows() > texts.tokens().length - samples) {
      throw new IllegalArgumentException(
          "%d codes of %d features after %d, for %d tokens and %d features"
              .formatted(codes.rows(), codes.features(), samples, texts.tokens().length, features));
    }
    try {
      for (Split split : splits) {
        append(split, codes);
      }
    } catch (IOException failed) {
      throw failed(failed);
    }
    samples += codes.rows();
  }

  private void append(Split split, SparseCodes codes) throws IOException {
    ByteBuffer places = bytes(Math.multiplyExact(codes.size(), AXES * Integer.BYTES));
    ByteBuffer numbers = bytes(Math.multiplyExact(codes.size(), Float.BYTES));
    int sample = samples;
    for (SparseCode code : codes) {
      for (int i = 0; i < code.size(); i++) {
        int latent = code.index(i);
        if (latent >= split.first && latent < split.end && keeps(code.value(i))) {
          places.putInt(sample / texts.context()).putInt(sample % texts.context());
          places.putInt(latent - split.first);
          numbers.putFloat(code.value(i));
        }
      }
      sample++;
    }
    split.locations.append(places.flip());
    split.values.append(numbers.flip());
  }

  /**
   * Writes the files, all of them or none.
   *
   * @throws WtaException if samples are missing, or the disk fails
   */
  @Override
  public final void commit() {
    if (samples != texts.tokens().length) {
      throw new WtaException(
          "%d samples for %d tokens".formatted(samples, texts.tokens().length),
          "encode all samples");
    }
    try {
      for (int i = 0; i < splits.size(); i++) {
        Split split = splits.get(i);
        Path path = folder.resolve(name(i, split));
        try (AtomicFile file = AtomicFile.create(path)) {
          OutputStream out = new BufferedOutputStream(Channels.newOutputStream(file.channel()));
          write(split, out);
          out.flush();
          file.commit();
          unfinished.add(path);
        }
      }
      finish(folder, splits.size());
      unfinished.clear();
    } catch (IOException failed) {
      throw failed(failed);
    }
  }

  static ByteBuffer bytes(int count) {
    return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
  }

  private WtaException failed(IOException cause) {
    return new WtaException(
        "%s cannot be written: %s".formatted(folder, cause),
        "check the free space of its disk",
        cause);
  }

  /** Removes the temporary files, and what was written if files are missing. */
  @Override
  public final void close() {
    try {
      for (Split split : splits) {
        split.locations.close();
        split.values.close();
      }
      for (Path path : unfinished.reversed()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException failed) {
      throw failed(failed);
    }
  }
}
