package dev.wta.data.arrow;

import com.google.flatbuffers.FlatBufferBuilder;
import dev.wta.api.WtaException;
import dev.wta.data.arrow.compression.BufferCodec;
import dev.wta.data.io.MappedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.DataFormatException;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files with compressed buffers, as Feather has them by default: their buffers are unpacked once,
 * one after the other into a temporary file, and read there as in any other.
 *
 * @param file without compression
 * @param index where its parts are
 */
record Uncompressed(MappedFile file, ArrowIndex index) {
  private static final Logger log = LoggerFactory.getLogger(Uncompressed.class);

  /** Buffers begin at multiples of it. A file begins with so many zeros, so that none is empty. */
  private static final int ALIGNMENT = 8;

  /** How long a buffer is unpacked stands before it, or that it is stored as it is. */
  private static final int LENGTH_BYTES = Long.BYTES;

  private static final long STORED = -1;

  /**
   * The file itself, or its content without compression, in which case the file is closed.
   *
   * @throws WtaException if it is damaged, or the disk is full; the file is closed
   */
  static Uncompressed of(MappedFile file) {
    boolean kept = false;
    try {
      ArrowIndex index = file.parse("its record batches", () -> ArrowIndex.of(file));
      if (file.parse("its record batches", () -> isCompressed(index))) {
        return unpacked(file, index);
      }
      kept = true;
      return new Uncompressed(file, index);
    } finally {
      if (!kept) {
        file.close();
      }
    }
  }

  private static boolean isCompressed(ArrowIndex index) {
    return Stream.of(index.dictionaries(), index.recordBatches())
        .flatMap(List::stream)
        .anyMatch(message -> columns(message).compression() != null);
  }

  private static RecordBatch columns(ArrowMessage message) {
    return message.isDictionaryBatch() ? message.dictionaryBatch().data() : message.recordBatch();
  }

  private static Uncompressed unpacked(MappedFile file, ArrowIndex index) {
    try {
      Path path = Files.createTempFile("wta", ".arrow");
      path.toFile().deleteOnExit(); // where a mapped file cannot be deleted
      try {
        ArrowIndex copied;
        try (FileChannel out = FileChannel.open(path, StandardOpenOption.WRITE)) {
          out.write(ByteBuffer.allocate(ALIGNMENT));
          copied =
              new ArrowIndex(
                  index.schema(),
                  unpacked(file, "dictionary", index.dictionaries(), out),
                  unpacked(file, "record batch", index.recordBatches(), out));
        }
        log.info("{} is compressed, and was unpacked to {} bytes", file.name(), Files.size(path));
        return new Uncompressed(MappedFile.open(path, file.name()), copied);
      } finally {
        deleteIfPossible(path);
      }
    } catch (IOException failed) {
      throw new WtaException(
          "%s cannot be unpacked: %s".formatted(file.name(), failed.getMessage()),
          "make room in %s, or write it without compression"
              .formatted(System.getProperty("java.io.tmpdir")),
          failed);
    }
  }

  /** Removes a mapped file that is read on, or leaves that to the end of the process. */
  static void deleteIfPossible(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException inUse) {
      log.debug("{} is deleted at the end", path, inUse);
    }
  }

  private static List<ArrowMessage> unpacked(
      MappedFile file, String kind, List<ArrowMessage> messages, FileChannel out)
      throws IOException {
    List<ArrowMessage> unpacked = new ArrayList<>();
    for (ArrowMessage message : messages) {
      String part = "%s %d".formatted(kind, unpacked.size());
      try {
        unpacked.add(unpacked(file, part, message, out));
      } catch (DataFormatException | RuntimeException broken) {
        throw broken instanceof WtaException explained
            ? explained
            : new WtaException(
                "%s is damaged: %s cannot be unpacked (%s)"
                    .formatted(
                        file.name(),
                        part,
                        broken instanceof DataFormatException
                            ? broken.getMessage()
                            : broken.getClass().getSimpleName()),
                "copy or write it again",
                broken);
      }
    }
    return unpacked;
  }

  private static ArrowMessage unpacked(
      MappedFile file, String part, ArrowMessage message, FileChannel out)
      throws IOException, DataFormatException {
    RecordBatch batch = columns(message);
    BufferCodec codec = BufferCodec.of(batch.compression());
    long begin = out.position();
    List<FileExtent> buffers = new ArrayList<>();
    for (int i = 0; i < batch.buffersLength(); i++) {
      Buffer packed = batch.buffers(i);
      if (!message.body().holds(packed.offset(), packed.length())) {
        throw new DataFormatException(
            "a buffer of %d bytes at byte %d of a body of %d"
                .formatted(packed.length(), packed.offset(), message.body().length()));
      }
      ByteBuffer bytes =
          file.view(message.body().offset() + packed.offset(), packed.length(), part);
      long place = out.position() - begin;
      buffers.add(new FileExtent(place, write(codec, bytes, out)));
      out.position(Math.ceilDiv(out.position(), ALIGNMENT) * ALIGNMENT);
    }
    FileExtent body = new FileExtent(begin, out.position() - begin);
    return new ArrowMessage(header(message, batch, buffers, body.length()), body);
  }

  /** Writes a buffer without compression, and returns its length. */
  private static long write(BufferCodec codec, ByteBuffer packed, FileChannel out)
      throws IOException, DataFormatException {
    ByteBuffer bytes = packed;
    if (codec != BufferCodec.NONE
        && packed.hasRemaining()) { // an empty one has no length before it
      if (packed.remaining() < LENGTH_BYTES) {
        throw new DataFormatException("a packed buffer of %d bytes".formatted(packed.remaining()));
      }
      long length = packed.getLong();
      if (length != STORED) {
        if (length < 0 || length > Integer.MAX_VALUE - LENGTH_BYTES) {
          throw new DataFormatException(
              "a packed buffer that should hold %d bytes".formatted(length));
        }
        byte[] frame = new byte[packed.remaining()];
        packed.get(frame);
        bytes = ByteBuffer.wrap(codec.unpack(frame, (int) length));
      }
    }
    long length = bytes.remaining();
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
    return length;
  }

  /** A message like another one, whose buffers are elsewhere and not packed. */
  private static Message header(
      ArrowMessage message, RecordBatch batch, List<FileExtent> buffers, long bodyLength) {
    List<ArrowFieldNode> nodes = new ArrayList<>(); // read before there is memory for their count
    for (int i = 0; i < batch.nodesLength(); i++) {
      nodes.add(new ArrowFieldNode(batch.nodes(i).length(), batch.nodes(i).nullCount()));
    }
    List<Long> variadic = new ArrayList<>();
    for (int i = 0; i < batch.variadicBufferCountsLength(); i++) {
      variadic.add(batch.variadicBufferCounts(i));
    }
    FlatBufferBuilder builder = new FlatBufferBuilder();
    RecordBatch.startNodesVector(builder, nodes.size());
    nodes.reversed().forEach(node -> node.writeTo(builder));
    int nodesAt = builder.endVector();
    RecordBatch.startBuffersVector(builder, buffers.size());
    for (FileExtent buffer : buffers.reversed()) {
      Buffer.createBuffer(builder, buffer.offset(), buffer.length());
    }
    int buffersAt = builder.endVector();
    int variadicAt =
        RecordBatch.createVariadicBufferCountsVector(
            builder, variadic.stream().mapToLong(Long::longValue).toArray());
    int columns =
        RecordBatch.createRecordBatch(builder, batch.length(), nodesAt, buffersAt, 0, variadicAt);
    if (message.isDictionaryBatch()) {
      DictionaryBatch dictionary = message.dictionaryBatch();
      columns =
          DictionaryBatch.createDictionaryBatch(
              builder, dictionary.id(), columns, dictionary.isDelta());
    }
    Message header = message.header();
    Message.finishMessageBuffer(
        builder,
        Message.createMessage(
            builder, header.version(), header.headerType(), columns, bodyLength, 0));
    return Message.getRootAsMessage(builder.dataBuffer());
  }
}
