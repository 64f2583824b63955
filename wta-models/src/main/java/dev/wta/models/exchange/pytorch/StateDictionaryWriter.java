package dev.wta.models.exchange.pytorch;

import static dev.wta.models.exchange.pytorch.PickleOperation.BININT;
import static dev.wta.models.exchange.pytorch.PickleOperation.BINPERSID;
import static dev.wta.models.exchange.pytorch.PickleOperation.BINUNICODE;
import static dev.wta.models.exchange.pytorch.PickleOperation.EMPTY_TUPLE;
import static dev.wta.models.exchange.pytorch.PickleOperation.MARK;
import static dev.wta.models.exchange.pytorch.PickleOperation.NEWFALSE;
import static dev.wta.models.exchange.pytorch.PickleOperation.PROTO;
import static dev.wta.models.exchange.pytorch.PickleOperation.REDUCE;
import static dev.wta.models.exchange.pytorch.PickleOperation.SETITEMS;
import static dev.wta.models.exchange.pytorch.PickleOperation.STOP;
import static dev.wta.models.exchange.pytorch.PickleOperation.TUPLE;

import dev.wta.models.io.CountingStream;
import dev.wta.models.io.FileOperations;
import dev.wta.models.io.WrittenTensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes tensors as a state dictionary that {@code torch.load} reads, its safe mode included. */
public final class StateDictionaryWriter implements FileOperations.Content {
  private static final String ROOT = "archive/";
  private static final int ALIGNMENT = 64;
  private static final int LOCAL_HEADER_BYTES = 30;
  private static final int EXTRA_HEADER_BYTES = 4;
  private static final int PADDING_ID = 0x4246; // PyTorch's own
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 2, 0, 0);

  private final Map<String, WrittenTensor> tensors;

  /** Of tensors by name, in the map's order. */
  public StateDictionaryWriter(Map<String, WrittenTensor> tensors) {
    this.tensors = tensors;
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    Archive archive = new Archive(out);
    archive.add("data.pkl", pickle());
    archive.add("byteorder", content("little"));
    int key = 0;
    for (WrittenTensor tensor : tensors.values()) {
      archive.add("data/" + key++, tensor.numbers());
    }
    archive.add("version", content("3\n"));
    archive.zip.finish();
  }

  private static FileOperations.Content content(String text) {
    return out -> out.write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private FileOperations.Content pickle() {
    Pickle pickle = new Pickle();
    pickle.add(PROTO).write(2);
    pickle.emptyDictionary().add(MARK);
    int key = 0;
    for (Map.Entry<String, WrittenTensor> named : tensors.entrySet()) {
      pickle.text(named.getKey()).tensor(named.getValue(), String.valueOf(key++));
    }
    pickle.add(SETITEMS).add(STOP);
    return pickle.bytes::writeTo;
  }

  /** A pickle that grows. */
  private static final class Pickle {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private Pickle add(PickleOperation operation) {
      return write(operation.code());
    }

    private Pickle write(int oneByte) {
      bytes.write(oneByte);
      return this;
    }

    private Pickle fourBytes(int value) {
      for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
        bytes.write(value >>> shift);
      }
      return this;
    }

    private Pickle whole(int value) {
      return add(BININT).fourBytes(value);
    }

    private Pickle text(String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      add(BINUNICODE).fourBytes(utf8.length);
      bytes.writeBytes(utf8);
      return this;
    }

    private Pickle global(PickleGlobal what) {
      add(PickleOperation.GLOBAL);
      bytes.writeBytes(
          (what.title().replace(' ', '\n') + "\n").getBytes(StandardCharsets.US_ASCII));
      return this;
    }

    private Pickle emptyDictionary() {
      return global(PickleGlobal.ORDERED_DICT).add(EMPTY_TUPLE).add(REDUCE);
    }

    private Pickle wholes(int... values) {
      add(MARK);
      for (int value : values) {
        whole(value);
      }
      return add(TUPLE);
    }

    private Pickle tensor(WrittenTensor tensor, String key) {
      int[] extents = tensor.shape().extents();
      int[] strides = new int[extents.length];
      int stride = 1;
      for (int axis = extents.length - 1; axis >= 0; axis--) {
        strides[axis] = stride;
        stride *= extents[axis];
      }
      global(PickleGlobal.REBUILD_TENSOR).add(MARK).add(MARK);
      text("storage").global(PickleGlobal.storageOf(tensor.type())).text(key).text("cpu");
      whole((int) tensor.shape().size()).add(TUPLE).add(BINPERSID);
      return whole(0)
          .wholes(extents)
          .wholes(strides)
          .add(NEWFALSE)
          .emptyDictionary()
          .add(TUPLE)
          .add(REDUCE);
    }
  }

  /** A ZIP archive whose contents begin at multiples of 64 bytes, as PyTorch's mappings need it. */
  private static final class Archive {
    private final CountingStream counted;
    private final ZipOutputStream zip;

    private Archive(OutputStream out) {
      counted = new CountingStream(out);
      zip = new ZipOutputStream(counted);
    }

    private void add(String name, FileOperations.Content content) throws IOException {
      CRC32 crc = new CRC32();
      CountingStream measured =
          new CountingStream(new CheckedOutputStream(OutputStream.nullOutputStream(), crc));
      content.writeTo(measured);
      ZipEntry entry = new ZipEntry(ROOT + name);
      entry.setMethod(ZipEntry.STORED);
      entry.setSize(measured.count());
      entry.setCrc(crc.getValue());
      entry.setTimeLocal(NO_TIME);
      zip.flush();
      long start =
          counted.count() + LOCAL_HEADER_BYTES + entry.getName().length() + EXTRA_HEADER_BYTES;
      int padding = (int) (Math.ceilDiv(start, ALIGNMENT) * ALIGNMENT - start);
      ByteBuffer extra =
          ByteBuffer.allocate(EXTRA_HEADER_BYTES + padding).order(ByteOrder.LITTLE_ENDIAN);
      entry.setExtra(extra.putShort((short) PADDING_ID).putShort((short) padding).array());
      zip.putNextEntry(entry);
      content.writeTo(zip);
      zip.closeEntry();
    }
  }
}
