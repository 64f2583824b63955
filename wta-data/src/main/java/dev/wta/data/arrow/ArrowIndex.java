package dev.wta.data.arrow;

import dev.wta.api.WtaException;
import dev.wta.data.io.ForeignFormat;
import dev.wta.data.io.MappedFile;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.apache.arrow.flatbuf.Block;
import org.apache.arrow.flatbuf.Footer;
import org.apache.arrow.vector.types.pojo.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the parts of an Arrow IPC file are. The file format says so in its footer. The stream
 * format does not, but each message says how long it is, so one pass that touches no data finds
 * them all.
 */
record ArrowIndex(
    Schema schema, List<ArrowMessage> dictionaries, List<ArrowMessage> recordBatches) {
  private static final Logger log = LoggerFactory.getLogger(ArrowIndex.class);

  private static final byte[] MAGIC = "ARROW1".getBytes(StandardCharsets.US_ASCII);

  /** The magic is padded to eight bytes. */
  private static final int FIRST_MESSAGE = 8;

  /** What some writers pad a stream with after the mark that ends it. */
  private static final int MOST_PADDING = 64;

  /**
   * Reads the index of a file in either format.
   *
   * @throws WtaException if it is neither, or damaged
   */
  static ArrowIndex of(MappedFile file) {
    if (hasMagic(file, 0)) {
      return ofFooter(file);
    }
    ForeignFormat.refuse(file);
    return ofStream(file);
  }

  private static boolean hasMagic(MappedFile file, long offset) {
    return offset >= 0
        && file.size() - offset >= MAGIC.length
        && file.view(offset, MAGIC.length, "the magic").mismatch(ByteBuffer.wrap(MAGIC)) < 0;
  }

  private static ArrowIndex ofFooter(MappedFile file) {
    long tail = file.size() - MAGIC.length - Integer.BYTES;
    if (tail < FIRST_MESSAGE || !hasMagic(file, file.size() - MAGIC.length)) {
      throw new WtaException(
          file.name() + " is cut short: it begins as an Arrow file and does not end as one",
          "copy or write it again");
    }
    int length = file.int32(tail, "the footer's length");
    if (length <= 0 || length > tail - FIRST_MESSAGE) {
      throw file.damaged("a footer of %d bytes".formatted(length));
    }
    Footer footer =
        file.parse(
            "the footer",
            () -> Footer.getRootAsFooter(file.view(tail - length, length, "the footer")));
    Schema schema = ArrowSchema.read(file, () -> footer.schema());
    List<ArrowMessage> dictionaries =
        file.parse("the footer", () -> at(file, footer.dictionariesLength(), footer::dictionaries));
    List<ArrowMessage> batches =
        file.parse(
            "the footer", () -> at(file, footer.recordBatchesLength(), footer::recordBatches));
    return checked(file, new ArrowIndex(schema, dictionaries, batches));
  }

  private static List<ArrowMessage> at(MappedFile file, int count, IntFunction<Block> blocks) {
    List<ArrowMessage> messages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long offset = blocks.apply(i).offset();
      messages.add(
          ArrowMessage.read(file, offset)
              .orElseThrow(() -> file.damaged("no message at byte " + offset)));
    }
    return messages;
  }

  private static ArrowIndex checked(MappedFile file, ArrowIndex index) {
    boolean sound =
        index.dictionaries.stream().allMatch(ArrowMessage::isDictionaryBatch)
            && index.recordBatches.stream().allMatch(ArrowMessage::isRecordBatch);
    if (!sound) {
      throw file.damaged("a footer that points at messages of another kind");
    }
    return index;
  }

  private static ArrowIndex ofStream(MappedFile file) {
    ArrowMessage first =
        ArrowMessage.read(file, 0)
            .filter(ArrowMessage::isSchema)
            .orElseThrow(() -> file.damaged("no schema at its beginning"));
    Schema schema = ArrowSchema.read(file, first);
    List<ArrowMessage> dictionaries = new ArrayList<>();
    List<ArrowMessage> batches = new ArrayList<>();
    long position = first.end();
    while (position < file.size()) {
      Optional<ArrowMessage> message = ArrowMessage.read(file, position);
      if (message.isEmpty()) {
        requirePaddingOnly(file, position);
        return new ArrowIndex(schema, dictionaries, batches);
      }
      if (message.get().isRecordBatch()) {
        batches.add(message.get());
      } else if (message.get().isDictionaryBatch()) {
        dictionaries.add(message.get());
      } else {
        throw file.damaged("a message at byte %d that is no record batch".formatted(position));
      }
      position = message.get().end();
    }
    log.warn(
        "{} does not mark its end: if what wrote it was stopped, its last rows are missing",
        file.name());
    return new ArrowIndex(schema, dictionaries, batches);
  }

  /**
   * Rows after the end would be ignored without a word, such as those of the second of two
   * concatenated streams.
   */
  private static void requirePaddingOnly(MappedFile file, long endMark) {
    long rest = file.size() - endMark;
    boolean padding = rest <= MOST_PADDING;
    for (long i = endMark + Integer.BYTES; padding && i < file.size(); i++) {
      padding = file.bytes().get(ValueLayout.JAVA_BYTE, i) == 0;
    }
    if (!padding) {
      throw new WtaException(
          "%s has bytes after the end of its stream at byte %d".formatted(file.name(), endMark),
          "write one stream a file");
    }
  }
}
