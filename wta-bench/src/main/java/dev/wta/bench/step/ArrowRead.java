package dev.wta.bench.step;

import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.bench.kernel.ResultCheck;
import dev.wta.bench.machine.Work;
import dev.wta.data.Batch;
import dev.wta.data.Batches;
import dev.wta.data.ElementType;
import dev.wta.data.arrow.ArrowDataset;
import dev.wta.data.arrow.ArrowDatasetWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * An epoch's reading of an Arrow data set of MNIST's size, batch by batch, from the system's cache
 * of the file into the batch that training takes.
 */
@State(Scope.Benchmark)
public class ArrowRead {
  private static final int SAMPLES = 60_000;
  private static final int WIDTH = 784;
  private static final int BATCH = 100;

  @Param({"float32", "uint8"})
  public String type;

  @Param({"in-order", "shuffled"})
  public String order;

  private Path folder;
  private ArrowDataset data;
  private Batch batch;
  private int epoch;

  /** Bytes that one call reads and writes. */
  public static double bytes(String type) {
    return (double) SAMPLES * WIDTH * (elementType(type).bytes() + Float.BYTES);
  }

  private static ElementType elementType(String type) {
    return ElementType.valueOf(type.toUpperCase(Locale.ROOT));
  }

  @Setup(Level.Trial)
  public void write() throws IOException {
    folder = Files.createTempDirectory("wta-bench");
    Path file = folder.resolve("samples.arrow");
    try (ArrowDatasetWriter writer =
        ArrowDatasetWriter.create(file, Shape.of(WIDTH), elementType(type), false, Map.of())) {
      for (int from = 0; from < SAMPLES; from += BATCH) {
        append(writer, from);
      }
      writer.commit();
    }
    data = ArrowDataset.open(file);
    batch = new Batch(BATCH, Shape.of(WIDTH));
    check();
  }

  private void append(ArrowDatasetWriter writer, int from) {
    float[] floats = new float[BATCH * WIDTH];
    byte[] bytes = new byte[BATCH * WIDTH];
    for (int at = 0; at < bytes.length; at++) {
      int value = value(from + at / WIDTH, at % WIDTH);
      bytes[at] = (byte) value;
      floats[at] = value;
    }
    switch (elementType(type)) {
      case FLOAT32 -> writer.append(floats, null, BATCH);
      case UINT8 -> writer.append(bytes, null, BATCH);
    }
  }

  /** 0 to 255, without a pattern that reading a wrong place would go unnoticed in. */
  private static int value(int row, int column) {
    return (row * 31 + column * 7 + row / 256) & 0xFF;
  }

  private Batches batches() {
    return order.equals("shuffled")
        ? Batches.shuffled(data, BATCH, Seed.of(1), epoch++, Batches.DEFAULT_SHUFFLE_BUFFER)
        : Batches.inOrder(data, BATCH);
  }

  @Benchmark
  public Batch epoch(Work work) {
    work.memoryBytes += (long) bytes(type);
    try (Batches batches = batches()) {
      while (batches.next(batch)) {
        // what is timed is the filling of the batch
      }
    }
    return batch;
  }

  private void check() {
    Philox places = Seed.of(1).stream("places");
    try (Batches batches = batches()) {
      for (int i = 0; batches.next(batch); i++) {
        int sample = places.below(batch.count(), 2L * i);
        int column = places.below(WIDTH, 2L * i + 1);
        ResultCheck.require(
            "what was read",
            value(batch.rows()[sample], column),
            batch.values()[sample * WIDTH + column],
            0);
      }
    }
  }

  @TearDown(Level.Trial)
  public void delete() throws IOException {
    data.close();
    Files.delete(folder.resolve("samples.arrow"));
    Files.delete(folder);
  }
}
