package dev.wta.models.exchange.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.models.io.TensorType;
import dev.wta.models.io.WrittenTensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What PyTorch saves is read and written, and a pickle that wants more is refused by name. */
class StateDictionaryTest {
  private static final String DICTIONARY = "ccollections\nOrderedDict\n)R";
  private static final String REBUILD = "ctorch._utils\n_rebuild_tensor_v2\n";

  @TempDir Path directory;

  /** A file of that pickle, a protocol and a STOP being added, and of storage 0 with 4 floats. */
  private Path pickled(String pickle) throws IOException {
    byte[] bytes = ("\u0080\u0002" + pickle + ".").getBytes(StandardCharsets.ISO_8859_1);
    return archive(Map.of("a/data.pkl", bytes, "a/data/0", new byte[16]));
  }

  private Path archive(Map<String, byte[]> entries) throws IOException {
    Path file = directory.resolve("model.pt");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return file;
  }

  private static String text(String text) {
    return "X" + (char) text.length() + "\0\0\0" + text;
  }

  private static String storage(String type, int numbers) {
    return "("
        + text("storage")
        + "c"
        + type
        + "\n"
        + text("0")
        + text("cpu")
        + whole(numbers)
        + "tQ";
  }

  private static String whole(int number) {
    StringBuilder bytes = new StringBuilder("J");
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      bytes.append((char) (number >>> shift & 0xff));
    }
    return bytes.toString();
  }

  /** A dictionary of one tensor w. */
  private static String tensor(String storage, int offset, int extent, int stride) {
    return DICTIONARY
        + text("w")
        + REBUILD
        + "("
        + storage
        + whole(offset)
        + whole(extent)
        + "\u0085"
        + whole(stride)
        + "\u0085\u0089"
        + DICTIONARY
        + "tRs";
  }

  @Test
  void readsATensorWhateverItsStrides() throws IOException {
    byte[] floats = new byte[16];
    floats[3] = 0x40; // 2
    floats[11] = 0x41; // 8
    byte[] pickle =
        ("\u0080\u0002" + tensor(storage("torch\nFloatStorage", 4), 0, 2, 2) + ".")
            .getBytes(StandardCharsets.ISO_8859_1);
    Path file = archive(Map.of("a/data.pkl", pickle, "a/data/0", floats));
    try (StateDictionary dictionary = StateDictionary.open(file)) {
      assertThat(dictionary.names()).containsExactly("w");
      assertThat(dictionary.shape("w")).isEqualTo(Shape.of(2));
      assertThat(dictionary.values("w")).containsExactly(2, 8);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "posix, system",
    "os, system",
    "__builtin__, eval",
    "builtins, getattr",
    "subprocess, Popen",
    "torch, load",
    "torch._utils, _rebuild_tensor_v3",
  })
  void codeThatAPickleAsksForIsNamedAndNotRun(String module, String name) throws IOException {
    Path touched = directory.resolve("touched");
    Path file = pickled("c%s\n%s\n".formatted(module, name) + text("touch " + touched) + "\u0085R");
    assertThatThrownBy(() -> StateDictionary.open(file))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("'%s.%s'".formatted(module, name))
        .hasMessageContaining("it is not run");
    assertThat(touched).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "105, INST", "111, OBJ", "129, NEWOBJ", "130, EXT1", "146, NEWOBJ_EX", "147, STACK_GLOBAL",
    "80, PERSID", "140, SHORT_BINUNICODE", "149, FRAME", "50, DUP", "255, 0xff", "0, 0x00",
  })
  void otherOperationsAreRefusedByName(int code, String name) throws IOException {
    Path file = pickled(DICTIONARY + (char) code);
    assertThatThrownBy(() -> StateDictionary.open(file))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("has the operation " + name + ", which no state dictionary has");
  }

  @Test
  void theKnownNamesAreCalledAsStateDictionariesDoAlone() throws IOException {
    refused("ctorch\nFloatStorage\n)R", "a call of 'torch.FloatStorage'");
    refused("ccollections\nOrderedDict\n]\u0085R", "an OrderedDict with arguments");
    refused(REBUILD + ")R", "damaged");
    refused("(" + text("module") + "ctorch\nFloatStorage\ntQ", "persistent id");
    refused(text("callable") + ")R", "damaged");
    refused("\u0080\u0004", "pickle protocol 4");
    refused("\u008a\u0009" + "\u0001".repeat(9), "a whole number of 9 bytes");
    refused("c" + "x".repeat(300) + "\n", "a name of more than 256 letters");
    refused(text("no dictionary"), "its pickle is no dictionary");
    refused("}]]s", "damaged"); // a list as a key
    refused("}q\0h\0h\0s", "damaged"); // a dictionary that is its own key
    refused("h\7", "nothing at place 7");
    refused("", "it ends with 0 values");
    refused("t", "no mark");
  }

  @Test
  void aTensorHasToFitItsStorage() throws IOException {
    String four = storage("torch\nFloatStorage", 4);
    refused(tensor(four, 1, 4, 1), "does not fit its storage");
    refused(tensor(four, 0, 2, 4), "does not fit its storage");
    refused(tensor(four, -1, 2, 1), "does not fit its storage");
    refused(tensor(four, 0, 4, -1), "does not fit its storage");
    refused(tensor(four, 0, 1 << 30, 0), "does not fit its storage");
    refused(tensor(storage("torch\nFloatStorage", 5), 0, 4, 1), "have 16 bytes and should have 20");
    refused(tensor(storage("torch\nHalfStorage", 4), 0, 4, 1), "have 16 bytes and should have 8");
    refused(tensor(four.replace("X\1\0\0\0" + "0", "X\1\0\0\0" + "7"), 0, 4, 1), "have no bytes");
  }

  private void refused(String pickle, String message) throws IOException {
    Path file = pickled(pickle);
    assertThatThrownBy(() -> StateDictionary.open(file))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining(message);
  }

  @Test
  void whatIsNoSuchArchiveIsRefused() throws IOException {
    Path file = directory.resolve("old.pt");
    Files.write(file, new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10, 'l'});
    assertThatThrownBy(() -> StateDictionary.open(file))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("is no ZIP archive, or cut short")
        .hasMessageContaining("a PyTorch before 1.6");
    assertThatThrownBy(() -> StateDictionary.open(directory.resolve("none.pt")))
        .isInstanceOf(WtaException.class);
    Path empty = archive(Map.of("a/data/0", new byte[4]));
    assertThatThrownBy(() -> StateDictionary.open(empty)).hasMessageContaining("has no data.pkl");
    byte[] pickle = ("\u0080\u0002}.").getBytes(StandardCharsets.ISO_8859_1);
    Path big =
        archive(
            Map.of("a/data.pkl", pickle, "a/byteorder", "big".getBytes(StandardCharsets.US_ASCII)));
    assertThatThrownBy(() -> StateDictionary.open(big)).hasMessageContaining("big-endian");
  }

  /** Whatever bytes are wrong, nothing but a message comes of it. */
  @Test
  void damageIsAMessage() throws IOException {
    Map<String, WrittenTensor> tensors = new LinkedHashMap<>();
    tensors.put("w", WrittenTensor.of(TensorType.F32, new float[] {1, 2, 3, 4}, 2, 2));
    tensors.put("k", WrittenTensor.ofWholes(TensorType.I32, new long[] {8}));
    Path whole = written(tensors);
    Map<String, byte[]> entries = new HashMap<>();
    try (ZipFile zip = new ZipFile(whole.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
      }
    }
    byte[] pickle = entries.get("archive/data.pkl");
    for (int length = 0; length < pickle.length; length++) {
      entries.put("archive/data.pkl", Arrays.copyOf(pickle, length));
      Path cut = archive(entries);
      assertThatThrownBy(() -> StateDictionary.open(cut)).isInstanceOf(WtaException.class);
    }
    Random random = new Random(1);
    for (int i = 0; i < 2000; i++) {
      byte[] flipped = pickle.clone();
      flipped[random.nextInt(flipped.length)] = (byte) random.nextInt();
      entries.put("archive/data.pkl", flipped);
      Path damaged = archive(entries);
      Throwable failed = catchThrowable(() -> StateDictionary.open(damaged).close());
      if (failed != null) {
        assertThat(failed).isInstanceOf(WtaException.class);
      }
    }
    byte[] bytes = Files.readAllBytes(whole);
    for (int length = 0; length < bytes.length; length += 7) {
      Path cut = directory.resolve("cut.pt");
      Files.write(cut, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> StateDictionary.open(cut)).isInstanceOf(WtaException.class);
    }
  }

  @Test
  void whatIsWrittenIsReadAgain() throws IOException {
    Map<String, WrittenTensor> tensors = new LinkedHashMap<>();
    float[] numbers = {1.5f, -2, 3.25f, 0, 1e-3f, 65_504};
    tensors.put("encoder.weight", WrittenTensor.of(TensorType.F32, numbers, 2, 3));
    tensors.put("half", WrittenTensor.of(TensorType.F16, numbers, 6));
    tensors.put("brain", WrittenTensor.of(TensorType.BF16, new float[] {0x1.01p0f, 3}, 2));
    tensors.put("threshold", WrittenTensor.of(TensorType.F32, new float[] {-1}));
    tensors.put("sizes", WrittenTensor.ofWholes(TensorType.I64, new long[] {24, 1L << 20}, 2));
    Path file = written(tensors);
    try (StateDictionary read = StateDictionary.open(file)) {
      assertThat(read.names())
          .containsExactly("encoder.weight", "half", "brain", "threshold", "sizes");
      assertThat(read.shape("encoder.weight")).isEqualTo(Shape.of(2, 3));
      assertThat(read.values("encoder.weight")).containsExactly(numbers);
      assertThat(read.values("half"))
          .containsExactly(1.5f, -2, 3.25f, 0, Float.float16ToFloat((short) 0x1419), 65_504);
      assertThat(read.values("brain")).containsExactly(1, 3); // a tie goes to the even one
      assertThat(read.shape("threshold")).isEqualTo(Shape.of());
      assertThat(read.values("threshold")).containsExactly(-1);
      assertThat(read.values("sizes")).containsExactly(24, 1 << 20);
    }
    try (ZipFile zip = new ZipFile(file.toFile())) {
      assertThat(zip.stream().map(ZipEntry::getMethod)).containsOnly(ZipEntry.STORED);
    }
  }

  private Path written(Map<String, WrittenTensor> tensors) throws IOException {
    StateDictionaryWriter writer = new StateDictionaryWriter(tensors);
    Path file = directory.resolve("written.pt");
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    try (OutputStream out = Files.newOutputStream(file)) {
      writer.writeTo(out);
    }
    writer.writeTo(again);
    assertThat(Files.readAllBytes(file)).isEqualTo(again.toByteArray());
    return file;
  }
}
