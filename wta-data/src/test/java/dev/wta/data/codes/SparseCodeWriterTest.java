package dev.wta.data.codes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wta.api.WtaException;
import dev.wta.api.tensor.SparseCodes;
import dev.wta.data.Dataset;
import dev.wta.data.arrow.DatasetFile;
import dev.wta.data.io.Destination;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SparseCodeWriterTest {
  private static final int FEATURES = 5;

  /** Two batches, with a sample that has no active feature and numbers of many digits. */
  private static final List<float[]> BATCHES =
      List.of(
          new float[] {0, 1.5f, 0, 0, -0.1f, /* next row */ 0, 0, 0, 0, 0},
          new float[] {
            1e-30f, 0, 3.4e38f, 0, 0, /* next */ 1, 2, 3, 4, 5, /* next */ 0, 0, 7, 0, 0
          });

  private static final int[][] LABELS = {{3, 0}, {1, 2, 9}};

  @TempDir Path folder;

  private Path write(String name, CodeFormat format) {
    Path file = folder.resolve(name);
    try (SparseCodeWriter writer =
        SparseCodeWriter.create(
            Destination.file(file), format, FEATURES, true, Map.of("run", "r"))) {
      writeTo(writer);
    }
    return file;
  }

  private static void writeTo(SparseCodeWriter writer) {
    for (int i = 0; i < BATCHES.size(); i++) {
      writer.append(BATCHES.get(i), LABELS[i], LABELS[i].length);
    }
    assertThat(writer.active()).isEqualTo(10);
    writer.commit();
  }

  private static SparseCodes all() {
    SparseCodes.Builder builder = new SparseCodes.Builder(FEATURES);
    BATCHES.forEach(batch -> builder.addDense(batch, batch.length / FEATURES));
    return builder.build();
  }

  @ParameterizedTest
  @EnumSource(names = {"ARROW", "ARROW_STREAM"})
  void arrowIsReadAsSamplesOfAllFeatures(CodeFormat format) {
    Path file = write("codes.arrow", format);
    try (Dataset data = DatasetFile.open(file)) {
      assertThat(data.size()).isEqualTo(5);
      assertThat(data.sampleShape().extents()).containsExactly(FEATURES);
      assertThat(data.labels()).containsExactly(3, 0, 1, 2, 9);
      float[] values = new float[5 * FEATURES];
      data.read(0, 5, values, 0);
      assertThat(values).containsExactly(all().toDense());
      float[] middle = {9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9};
      data.read(1, 2, middle, 1);
      assertThat(middle).containsExactly(9, 0, 0, 0, 0, 0, 1e-30f, 0, 3.4e38f, 0, 0, 9);
    }
  }

  @Test
  void arrowHasPlainLists() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (SparseCodeWriter writer =
        SparseCodeWriter.create(
            Destination.stream("memory", bytes),
            CodeFormat.ARROW_STREAM,
            FEATURES,
            true,
            Map.of())) {
      writeTo(writer);
    }
    try (RootAllocator allocator = new RootAllocator();
        ArrowStreamReader reader =
            new ArrowStreamReader(new ByteArrayInputStream(bytes.toByteArray()), allocator)) {
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      assertThat(root.getSchema().getFields())
          .hasToString(
              "[indices: List<item: Int(32, true)>, values: List<item: FloatingPoint(SINGLE)>,"
                  + " label: Int(64, true)]");
      assertThat(root.getSchema().getCustomMetadata()).containsEntry("wta.features", "5");
      assertThat(reader.loadNextBatch()).isTrue();
      assertThat(root.getVector("indices").getObject(0)).hasToString("[1,4]");
      assertThat(root.getVector("indices").getObject(1)).hasToString("[]");
      assertThat(reader.loadNextBatch()).isTrue();
      assertThat(root.getVector("values").getObject(1)).hasToString("[1.0,2.0,3.0,4.0,5.0]");
      assertThat(root.getVector("label").getObject(2)).isEqualTo(9L);
      assertThat(reader.loadNextBatch()).isFalse();
    }
  }

  @Test
  void npzHasSciPysArrays() throws IOException {
    Map<String, ByteBuffer> arrays = new HashMap<>();
    Map<String, String> headers = new HashMap<>();
    try (ZipInputStream zip =
        new ZipInputStream(Files.newInputStream(write("codes.npz", CodeFormat.NPZ)))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        ByteBuffer bytes = ByteBuffer.wrap(zip.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
        int header = 10 + bytes.getShort(8);
        assertThat(header % 64).isZero();
        headers.put(
            entry.getName(),
            new String(bytes.array(), 10, header - 10, StandardCharsets.US_ASCII).strip());
        arrays.put(entry.getName(), bytes.position(header).slice().order(ByteOrder.LITTLE_ENDIAN));
      }
    }
    assertThat(headers)
        .containsEntry("data.npy", "{'descr': '<f4', 'fortran_order': False, 'shape': (10,), }")
        .containsEntry("indices.npy", "{'descr': '<i4', 'fortran_order': False, 'shape': (10,), }")
        .containsEntry("indptr.npy", "{'descr': '<i8', 'fortran_order': False, 'shape': (6,), }")
        .containsEntry("format.npy", "{'descr': '|S3', 'fortran_order': False, 'shape': (), }");
    assertThat(arrays).hasSize(6);
    SparseCodes codes = all();
    long[] ends = new long[6];
    arrays.get("indptr.npy").asLongBuffer().get(ends);
    assertThat(ends).containsExactly(codes.offsets());
    int[] indices = new int[10];
    arrays.get("indices.npy").asIntBuffer().get(indices);
    assertThat(indices).containsExactly(codes.indices());
    float[] values = new float[10];
    arrays.get("data.npy").asFloatBuffer().get(values);
    assertThat(values).containsExactly(codes.values());
    assertThat(arrays.get("shape.npy").asLongBuffer().get(0)).isEqualTo(5);
    assertThat(arrays.get("shape.npy").asLongBuffer().get(1)).isEqualTo(FEATURES);
    assertThat(arrays.get("labels.npy").asLongBuffer().get(4)).isEqualTo(9);
    assertThat(folder.toFile().list()).hasSize(1); // no temporary file is left
  }

  @Test
  void jsonLinesHaveAnObjectASample() throws IOException {
    List<String> lines = Files.readAllLines(write("codes.jsonl", CodeFormat.JSONL));
    assertThat(lines).hasSize(5).contains("{\"1\":1.5,\"4\":-0.1}", "{}");
    SparseCodes codes = all();
    for (int row = 0; row < 5; row++) {
      JsonNode object = new ObjectMapper().readTree(lines.get(row));
      assertThat(object.size()).isEqualTo(codes.row(row).size());
      codes
          .row(row)
          .forEach(
              (index, value) ->
                  assertThat((float) object.get(Integer.toString(index)).asDouble())
                      .isEqualTo(value));
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsNotCommittedLeavesNothing(CodeFormat format) {
    try (SparseCodeWriter writer =
        SparseCodeWriter.create(folder.resolve("codes"), format, FEATURES)) {
      assertThatThrownBy(writer::commit)
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("no samples to write");
      writer.append(all(), null);
      assertThatIllegalArgumentException().isThrownBy(() -> writer.append(all(), new int[5]));
    }
    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @EnumSource
  void aFullDiskIsNamed(CodeFormat format) {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    try (SparseCodeWriter writer =
        SparseCodeWriter.create(
            Destination.stream("the stream", full), format, FEATURES, false, Map.of())) {
      assertThatThrownBy(
              () -> {
                writer.append(all(), null);
                writer.commit();
              })
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("the stream cannot be written")
          .hasMessageContaining("No space left");
    }
  }

  @Test
  void damagedCodesAreRefused() throws IOException {
    Path file = write("codes.arrow", CodeFormat.ARROW);
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer content = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < bytes.length - 4; at++) {
      if (content.getInt(at) == 1 && content.get(at + 4) == '5') { // wta.features
        content.put(at + 4, (byte) '4');
      }
    }
    Files.write(file, bytes);
    try (Dataset data = DatasetFile.open(file)) {
      assertThatThrownBy(() -> data.read(0, 1, new float[4], 0))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("the index 4 of 4 features");
    }
  }

  @Test
  void theNameSaysTheFormat() {
    assertThat(CodeFormat.of(Path.of("a/codes.NPZ"))).isEqualTo(CodeFormat.NPZ);
    assertThat(CodeFormat.of(Path.of("codes.jsonl"))).isEqualTo(CodeFormat.JSONL);
    assertThat(CodeFormat.of(Path.of("codes.arrows"))).isEqualTo(CodeFormat.ARROW_STREAM);
    assertThat(CodeFormat.of(Path.of("codes"))).isEqualTo(CodeFormat.ARROW);
  }
}
