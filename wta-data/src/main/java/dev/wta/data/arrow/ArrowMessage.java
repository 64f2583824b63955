package dev.wta.data.arrow;

import dev.wta.api.WtaException;
import dev.wta.data.io.MappedFile;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.RecordBatch;

/**
 * One message of an Arrow stream, as it lies in the file: metadata, then a body of column data that
 * is not looked at before it is needed.
 *
 * @param header the metadata
 * @param body where the column data is
 */
record ArrowMessage(Message header, FileExtent body) {
  private static final int CONTINUATION = 0xFFFFFFFF;

  /**
   * The message at {@code offset}; none at the mark that ends a stream.
   *
   * @throws WtaException if it is cut short or damaged
   */
  static Optional<ArrowMessage> read(MappedFile file, long offset) {
    long position = offset;
    int length = file.int32(position, "a message");
    position += Integer.BYTES;
    // Before Arrow 0.15 a message began with its length.
    if (length == CONTINUATION) {
      length = file.int32(position, "a message");
      position += Integer.BYTES;
    }
    if (length == 0) {
      return Optional.empty();
    }
    ByteBuffer metadata = file.view(position, length, "the metadata of a message");
    long bodyOffset = position + length;
    return Optional.of(
        file.parse("the message at byte " + offset, () -> parse(file, metadata, bodyOffset)));
  }

  private static ArrowMessage parse(MappedFile file, ByteBuffer metadata, long bodyOffset) {
    Message header = Message.getRootAsMessage(metadata);
    if (header.version() < MetadataVersion.V4 || header.version() > MetadataVersion.V5) {
      throw file.damaged("a message of metadata version " + (header.version() + 1));
    }
    file.requireWithin(bodyOffset, header.bodyLength(), "the body of a message");
    return new ArrowMessage(header, new FileExtent(bodyOffset, header.bodyLength()));
  }

  /** The byte after the message. */
  long end() {
    return body.end();
  }

  boolean isSchema() {
    return header.headerType() == MessageHeader.Schema;
  }

  boolean isRecordBatch() {
    return header.headerType() == MessageHeader.RecordBatch;
  }

  boolean isDictionaryBatch() {
    return header.headerType() == MessageHeader.DictionaryBatch;
  }

  RecordBatch recordBatch() {
    return (RecordBatch) header.header(new RecordBatch());
  }

  DictionaryBatch dictionaryBatch() {
    return (DictionaryBatch) header.header(new DictionaryBatch());
  }
}
