package dev.wta.data.parquet;

import dev.wta.api.WtaException;
import dev.wta.data.io.MappedFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32;

/** The data pages of a column chunk, one after the other. */
final class Pages {
  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** No page has as many bytes or values; a damaged header may say so. */
  private static final int LARGEST = 1 << 29;

  private static final int DATA_PAGE = 0;
  private static final int DICTIONARY_PAGE = 2;
  private static final int DATA_PAGE_2 = 3;

  private static final int PLAIN = 0;
  private static final int PLAIN_DICTIONARY = 2;
  private static final int RLE = 3;
  private static final int RLE_DICTIONARY = 8;
  private static final int BYTE_STREAM_SPLIT = 9;

  private final MappedFile file;
  private final ParquetColumn column;
  private final Codec codec;
  private final long end;
  private final long unpackedBytes;
  private long at;
  private long valuesLeft;
  private byte[] dictionary = {};

  Pages(MappedFile file, ParquetColumn column, ThriftStruct chunk) {
    this.file = file;
    this.column = column;
    codec = Codec.of(chunk.required(4), file.name());
    valuesLeft = chunk.number(5, 0);
    unpackedBytes = Math.max(0, chunk.number(6, 0));
    long data = chunk.number(9, -1);
    long dictionaryAt = chunk.number(11, 0);
    at = dictionaryAt > 0 ? Math.min(dictionaryAt, data) : data;
    long length = chunk.number(7, -1);
    file.requireWithin(at, length, "column '%s'".formatted(column.name()));
    end = at + length;
  }

  /** A page: its levels, and what follows them. */
  final class Page {
    private final int[] repetitions;
    private final int[] definitions;
    private final int encoding;
    private final ByteBuffer body;

    private Page(int[] repetitions, int[] definitions, int encoding, ByteBuffer body) {
      this.repetitions = repetitions;
      this.definitions = definitions;
      this.encoding = encoding;
      this.body = body;
    }

    /** The repetition level of each entry; all 0 where there are no lists. */
    int[] repetitions() {
      return repetitions;
    }

    /** The definition level of each entry. */
    int[] definitions() {
      return definitions;
    }

    /** The numbers of those entries that have one, as they are stored plainly. */
    MemorySegment values(int count) {
      int width = column.element().stored();
      int length = Math.multiplyExact(count, width);
      return switch (encoding) {
        case PLAIN -> MemorySegment.ofBuffer(body.slice(body.position(), length));
        case PLAIN_DICTIONARY, RLE_DICTIONARY -> MemorySegment.ofArray(fromDictionary(count));
        case BYTE_STREAM_SPLIT -> {
          byte[] joined = new byte[length];
          int start = body.position();
          for (int i = 0; i < length; i++) {
            joined[i] = body.get(start + i % width * count + i / width);
          }
          yield MemorySegment.ofArray(joined);
        }
        default ->
            throw new WtaException(
                "column '%s' of %s has encoding %d, which is not read"
                    .formatted(column.name(), file.name(), encoding),
                "write it plainly or with a dictionary, as pyarrow does unless asked otherwise");
      };
    }

    private byte[] fromDictionary(int count) {
      int width = column.element().stored();
      byte[] found = new byte[count * width];
      if (count > 0) {
        int[] places = new int[count];
        int bits = body.get();
        HybridDecoder.read(body, bits, places);
        for (int i = 0; i < count; i++) {
          System.arraycopy(
              dictionary, Math.multiplyExact(places[i], width), found, i * width, width);
        }
      }
      return found;
    }
  }

  /** What the file says that all pages together have unpacked. */
  long unpackedBytes() {
    return unpackedBytes;
  }

  /** Whether values are still to come. */
  boolean more() {
    return valuesLeft > 0;
  }

  /** The next data page; empty after the last. */
  Optional<Page> next() {
    while (valuesLeft > 0 && at < end) {
      long most = Math.min(end - at, Integer.MAX_VALUE);
      ByteBuffer bytes = file.view(at, most, "a page");
      ThriftStruct header = ThriftStruct.read(bytes);
      int length = header.required(3);
      byte[] packed = new byte[Math.min(length, bytes.remaining())];
      if (packed.length < length) {
        throw file.damaged("a page of %d bytes in column '%s'".formatted(length, column.name()));
      }
      bytes.get(packed);
      at += bytes.position();
      requireChecksum(header, packed);
      switch (header.required(1)) {
        case DICTIONARY_PAGE -> dictionary = codec.unpack(packed, unpacked(header));
        case DATA_PAGE -> {
          return Optional.of(page(header, header.struct(5).orElseThrow(), packed));
        }
        case DATA_PAGE_2 -> {
          return Optional.of(page2(header, header.struct(8).orElseThrow(), packed));
        }
        default -> {} // an index
      }
    }
    return Optional.empty();
  }

  private int unpacked(ThriftStruct header) {
    int length = header.required(2);
    if (length < 0 || length > LARGEST) {
      throw file.damaged("a page of %d bytes in column '%s'".formatted(length, column.name()));
    }
    return length;
  }

  private void requireChecksum(ThriftStruct header, byte[] packed) {
    if (header.has(4)) {
      CRC32 sum = new CRC32();
      sum.update(packed);
      if ((int) sum.getValue() != (int) header.number(4, 0)) {
        throw file.damaged("a page with another checksum in column '%s'".formatted(column.name()));
      }
    }
  }

  private Page page(ThriftStruct header, ThriftStruct data, byte[] packed) {
    ByteBuffer body = littleEndian(codec.unpack(packed, unpacked(header)));
    int entries = entries(data);
    requireRle(column.depth() > 0, data.required(4));
    requireRle(column.maxDefinition() > 0, data.required(3));
    int[] repetitions = levels(body, column.depth(), entries);
    int[] definitions = levels(body, column.maxDefinition(), entries);
    return new Page(repetitions, definitions, data.required(2), body);
  }

  private void requireRle(boolean used, int encoding) {
    if (used && encoding != RLE) {
      throw new WtaException(
          "column '%s' of %s has levels of encoding %d, which is not read"
              .formatted(column.name(), file.name(), encoding),
          "write it with a program of these years");
    }
  }

  /** Levels with their length before them; none are stored where all would be 0. */
  private static int[] levels(ByteBuffer body, int most, int entries) {
    if (most == 0) {
      return new int[entries];
    }
    int length = body.getInt();
    int[] levels = levels(body.slice(body.position(), length), most, entries, length);
    body.position(body.position() + length);
    return levels;
  }

  private static int[] levels(ByteBuffer part, int most, int entries, int length) {
    int[] levels = new int[entries];
    if (most > 0 && length > 0) {
      HybridDecoder.read(part, Integer.SIZE - Integer.numberOfLeadingZeros(most), levels);
    }
    if (Arrays.stream(levels).anyMatch(level -> level > most)) {
      throw new IllegalArgumentException("a level above " + most);
    }
    return levels;
  }

  /** A page of the second version, whose levels are not compressed. */
  private Page page2(ThriftStruct header, ThriftStruct data, byte[] packed) {
    int entries = entries(data);
    int repetition = data.required(6);
    int definition = data.required(5);
    ByteBuffer all = littleEndian(packed);
    int[] repetitions = levels(all.slice(0, repetition), column.depth(), entries, repetition);
    int[] definitions =
        levels(all.slice(repetition, definition), column.maxDefinition(), entries, definition);
    byte[] values = Arrays.copyOfRange(packed, repetition + definition, packed.length);
    int length = unpacked(header) - repetition - definition;
    byte[] body = data.flag(7, true) && length > 0 ? codec.unpack(values, length) : values;
    return new Page(repetitions, definitions, data.required(4), littleEndian(body));
  }

  private int entries(ThriftStruct data) {
    int entries = data.required(1);
    if (entries < 0 || entries > Math.min(valuesLeft, LARGEST)) {
      throw file.damaged("a page of %d values in column '%s'".formatted(entries, column.name()));
    }
    valuesLeft -= entries;
    return entries;
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
