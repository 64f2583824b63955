import dev.wta.api.random.Seed;
import dev.wta.data.Batch;
import dev.wta.data.Batches;
import dev.wta.data.Dataset;
import dev.wta.data.arrow.DatasetFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How fast samples are read in random order through the mixing buffer, beside a plain read of the
 * same files, beside the samples in the order of the files, and beside a bare copy of the bytes in
 * that random order, which is what fetching them takes: medians of seven alternating passes, the
 * files in the page cache.
 *
 * <pre>java -cp 'wta-dist/target/wta/lib/*' tools/ReadRate.java FOLDER [BATCH [BUFFER]]</pre>
 */
final class ReadRate {
  private static final int PASSES = 7;

  private ReadRate() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    int batch = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 4096;
    int buffer =
        arguments.length > 2 ? Integer.parseInt(arguments[2]) : Batches.DEFAULT_SHUFFLE_BUFFER;
    List<Double> plain = new ArrayList<>();
    List<Double> ordered = new ArrayList<>();
    List<Double> mixed = new ArrayList<>();
    List<Double> copied = new ArrayList<>();
    long bytes = 0;
    try (Dataset data = DatasetFile.open(folder);
        Arena arena = Arena.ofConfined()) {
      MemorySegment[] samples = samples(folder, data.size(), arena);
      MemorySegment room = arena.allocate(batch * samples[0].byteSize());
      for (int pass = -2; pass < PASSES; pass++) { // two to warm up
        long begun = System.nanoTime();
        bytes = readPlainly(folder);
        long first = System.nanoTime();
        read(Batches.inOrder(data, batch));
        long second = System.nanoTime();
        read(Batches.shuffled(data, batch, Seed.of(1), pass + 2, buffer));
        long third = System.nanoTime();
        int[] order = order(Batches.shuffled(data, batch, Seed.of(1), pass + 2, buffer));
        long fourth = System.nanoTime();
        copy(samples, order, room);
        long fifth = System.nanoTime();
        if (pass >= 0) {
          plain.add((first - begun) * 1e-9);
          ordered.add((second - first) * 1e-9);
          mixed.add((third - second) * 1e-9);
          copied.add((fifth - fourth) * 1e-9);
        }
      }
      System.out.printf("%,d samples of %s, %,d bytes%n", data.size(), data.sampleShape(), bytes);
      System.out.printf("plain read   %.2f GB/s%n", bytes * 1e-9 / median(plain));
      System.out.printf("in order     %.2f GB/s%n", bytes * 1e-9 / median(ordered));
      System.out.printf(
          "mixed        %.2f GB/s, %,.0f samples/s: %.2f of the plain read%n",
          bytes * 1e-9 / median(mixed), data.size() / median(mixed), median(plain) / median(mixed));
      System.out.printf(
          "bare copy    %.2f GB/s in that order: %.2f of the plain read%n",
          bytes * 1e-9 / median(copied), median(plain) / median(copied));
    }
  }

  private static void read(Batches batches) {
    Batch batch = batches.newBatch();
    while (batches.next(batch)) {}
  }

  /** The rows of all samples in the order of their batches. */
  private static int[] order(Batches batches) {
    int[] order = new int[batches.remaining()];
    Batch batch = batches.newBatch();
    for (int at = 0; batches.next(batch); at += batch.count()) {
      System.arraycopy(batch.rows(), 0, order, at, batch.count());
    }
    return order;
  }

  /** Where each sample lies in the files, behind their headers. */
  private static MemorySegment[] samples(Path folder, int count, Arena arena) throws IOException {
    List<Path> files;
    try (var all = Files.list(folder)) {
      files = all.sorted().toList();
    }
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    long each = bytes / count;
    MemorySegment[] samples = new MemorySegment[count];
    int next = 0;
    for (Path file : files) {
      try (FileChannel in = FileChannel.open(file)) {
        MemorySegment mapped = in.map(FileChannel.MapMode.READ_ONLY, 0, in.size(), arena);
        for (long at = in.size() % each; at < in.size(); at += each) {
          samples[next++] = mapped.asSlice(at, each);
        }
      }
    }
    return samples;
  }

  private static void copy(MemorySegment[] samples, int[] order, MemorySegment room) {
    long each = samples[0].byteSize();
    long at = 0;
    for (int row : order) {
      MemorySegment.copy(samples[row], 0, room, at, each);
      at = at + 2 * each > room.byteSize() ? 0 : at + each;
    }
  }

  private static long readPlainly(Path folder) throws IOException {
    ByteBuffer room = ByteBuffer.allocateDirect(1 << 20);
    long bytes = 0;
    List<Path> files;
    try (var all = Files.list(folder)) {
      files = all.toList();
    }
    for (Path file : files) {
      try (FileChannel in = FileChannel.open(file)) {
        for (int count = in.read(room.clear()); count >= 0; count = in.read(room.clear())) {
          bytes += count;
        }
      }
    }
    return bytes;
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }
}
