package dev.wta.data.arrow;

import dev.wta.api.WtaException;
import dev.wta.data.Dataset;
import dev.wta.data.SampleStream;
import dev.wta.data.io.ForeignFormat;
import dev.wta.data.io.MappedFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.flatbuf.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Samples from an Arrow IPC stream, a record batch at a time: memory is in proportion to one of
 * them. A file of the file format that is sent through a pipe is read as the stream that is in it.
 */
public final class ArrowStream implements SampleStream {
  private static final Logger log = LoggerFactory.getLogger(ArrowStream.class);

  private static final byte[] FILE_MAGIC = "ARROW1\0\0".getBytes(StandardCharsets.US_ASCII);
  private static final int CONTINUATION = 0xFFFFFFFF;
  private static final byte[] END = {-1, -1, -1, -1, 0, 0, 0, 0};
  private static final int LENGTH_BYTES = 8;

  private final String name;
  private final InputStream in;
  private final ReadOptions options;
  private final Map<Long, List<byte[]>> dictionaries = new LinkedHashMap<>();
  private List<byte[]> schema = List.of();
  private long recordBatches;
  private boolean ended;
  private Optional<Dataset> current = Optional.empty();

  /** A message, and all of its bytes: how long it is, metadata, body. */
  private record Received(List<byte[]> bytes, ArrowMessage message) {}

  /**
   * Samples of the column that {@link DatasetFile#open} would take.
   *
   * @param name what messages call the stream
   * @param in is closed with this
   */
  public ArrowStream(String name, InputStream in, ReadOptions options) {
    this.name = name;
    this.in = in;
    this.options = options;
  }

  /**
   * All of a stream as a data set, for those who read it more than once: it is copied to a
   * temporary file, which closing removes.
   *
   * @throws WtaException if it cannot be read, or the disk is full
   */
  public static Dataset copied(String name, InputStream in, ReadOptions options) {
    try {
      Path copy = Files.createTempFile("wta", ".arrow");
      copy.toFile().deleteOnExit(); // where a mapped file cannot be deleted
      try {
        Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
        return ArrowDataset.openAny(MappedFile.open(copy, name), options);
      } finally {
        Uncompressed.deleteIfPossible(copy);
      }
    } catch (IOException failed) {
      throw new WtaException(
          "%s cannot be copied to a file: %s".formatted(name, failed),
          "make room in %s, or give a file".formatted(System.getProperty("java.io.tmpdir")),
          failed);
    }
  }

  /** Whether bytes are the first ones of a stream. */
  static boolean begins(byte[] beginning) {
    return beginning.length >= LENGTH_BYTES
        && ByteBuffer.wrap(beginning).order(ByteOrder.LITTLE_ENDIAN).getInt() == CONTINUATION;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Optional<Dataset> next() {
    closeCurrent();
    try {
      while (!ended) {
        Optional<Received> received = receive();
        ended = received.isEmpty();
        if (received.isPresent() && received.get().message().isRecordBatch()) {
          recordBatches++;
          if (received.get().message().recordBatch().length() > 0) {
            current = Optional.of(part(received.get().bytes()));
            return current;
          }
        } else if (received.isPresent()) {
          keep(received.get());
        }
      }
      return Optional.empty();
    } catch (IOException broken) {
      throw new WtaException(
          "%s cannot be read: %s".formatted(name, broken), "see what writes to it", broken);
    } catch (IndexOutOfBoundsException | IllegalArgumentException unverified) { // by FlatBuffers
      throw damaged("a message that cannot be read");
    }
  }

  private void keep(Received received) {
    ArrowMessage message = received.message();
    if (message.isSchema()) {
      schema = received.bytes();
    } else if (message.isDictionaryBatch()) {
      if (message.dictionaryBatch().isDelta()) {
        throw new WtaException(
            name + " adds to a dictionary in its middle", "write whole dictionaries");
      }
      dictionaries.put(message.dictionaryBatch().id(), received.bytes());
    } else {
      throw damaged("a message that is no record batch");
    }
  }

  /** A record batch as a data set of its own: with the schema and the dictionaries before it. */
  private Dataset part(List<byte[]> recordBatch) throws IOException {
    if (schema.isEmpty()) {
      throw damaged("no schema at its beginning");
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    List<List<byte[]>> messages = new ArrayList<>(dictionaries.values());
    messages.addFirst(schema);
    messages.addLast(recordBatch);
    for (List<byte[]> message : messages) {
      for (byte[] bytes : message) {
        whole.write(bytes);
      }
    }
    whole.write(END);
    String part = "record batch %d of %s".formatted(recordBatches, name);
    return ArrowDataset.openAny(MappedFile.of(part, whole.toByteArray()), options);
  }

  /** The next message; none at the mark that ends the stream, or where it stops without one. */
  private Optional<Received> receive() throws IOException {
    byte[] start = in.readNBytes(LENGTH_BYTES);
    if (schema.isEmpty() && Arrays.equals(start, FILE_MAGIC)) {
      start = in.readNBytes(LENGTH_BYTES);
    }
    if (start.length == 0) {
      if (schema.isEmpty()) {
        throw new WtaException(name + " is empty", "send an Arrow stream");
      }
      log.warn("{} stops without the mark of its end: its last rows may be missing", name);
      return Optional.empty();
    }
    if (start.length < LENGTH_BYTES) {
      throw cut();
    }
    ByteBuffer lengths = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
    if (lengths.getInt() != CONTINUATION) {
      refuseForeign(start);
    }
    int length = lengths.getInt();
    if (length == 0) {
      return Optional.empty();
    }
    if (length < 0) {
      throw damaged("a message of %d bytes".formatted(length));
    }
    byte[] metadata = exactly(length);
    Message header =
        Message.getRootAsMessage(ByteBuffer.wrap(metadata).order(ByteOrder.LITTLE_ENDIAN));
    if (header.bodyLength() < 0
        || header.bodyLength() > Integer.MAX_VALUE - length - LENGTH_BYTES) {
      throw new WtaException(
          "%s has a record batch of %,d bytes".formatted(name, header.bodyLength()),
          "write smaller ones");
    }
    byte[] body = exactly((int) header.bodyLength());
    FileExtent extent = new FileExtent(LENGTH_BYTES + length, body.length);
    return Optional.of(
        new Received(List.of(start, metadata, body), new ArrowMessage(header, extent)));
  }

  private void refuseForeign(byte[] start) throws IOException {
    byte[] rest = in.readNBytes(ForeignFormat.BEGINNING_BYTES - start.length);
    byte[] beginning = Arrays.copyOf(start, start.length + rest.length);
    System.arraycopy(rest, 0, beginning, start.length, rest.length);
    if (schema.isEmpty()) {
      ForeignFormat.of(beginning)
          .ifPresent(
              format -> {
                throw new WtaException(
                    "%s is no Arrow stream but %s".formatted(name, format.what()),
                    format.remedyOfStream());
              });
    }
    throw damaged("no message where one should begin");
  }

  private byte[] exactly(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw cut();
    }
    return bytes;
  }

  private WtaException cut() {
    return new WtaException(
        "%s ends in the middle of record batch %d".formatted(name, recordBatches + 1),
        "see why what writes to it stopped");
  }

  private WtaException damaged(String found) {
    return new WtaException(
        "%s is damaged: it has %s".formatted(name, found), "send an Arrow stream");
  }

  private void closeCurrent() {
    current.ifPresent(Dataset::close);
    current = Optional.empty();
  }

  @Override
  public void close() {
    closeCurrent();
    try {
      in.close();
    } catch (IOException broken) {
      throw new WtaException(
          "%s cannot be read: %s".formatted(name, broken), "see what writes to it", broken);
    }
  }
}
