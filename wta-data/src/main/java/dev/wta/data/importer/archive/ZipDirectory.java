package dev.wta.data.importer.archive;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipException;

/**
 * The directory at the end of a zip archive. All of it is checked: that it has as many entries as
 * it says, and that the header before each file's data agrees with it.
 */
final class ZipDirectory {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int FILE = 0x04034b50;
  private static final int FILE_BYTES = 30;
  private static final int ENTRY = 0x02014b50;
  private static final int ENTRY_BYTES = 46;
  private static final int END = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int END_64 = 0x06064b50;
  private static final int END_64_BYTES = 56;
  private static final int LOCATOR_64 = 0x07064b50;
  private static final int LOCATOR_64_BYTES = 20;

  private static final int EXTRA_64 = 0x0001;
  private static final int EXTRA_UNICODE_NAME = 0x7075;
  private static final long IN_EXTRA = 0xFFFF_FFFFL;
  private static final int ENCRYPTED = 1;
  private static final int MADE_ON_UNIX = 3;
  private static final int LINK = 0xA;

  /** What names are in that say nothing else, by the format's description. */
  private static final Charset DOS = Charset.forName("IBM437");

  private final MemorySegment archive;
  private final List<ZipMember> members = new ArrayList<>();
  private boolean foreignNames;

  private ZipDirectory(MemorySegment archive) {
    this.archive = archive;
  }

  /**
   * Reads the directory.
   *
   * @param archive all of the file
   * @throws ZipException if it is damaged or cut short
   */
  static ZipDirectory read(MemorySegment archive) throws ZipException {
    ZipDirectory directory = new ZipDirectory(archive);
    try {
      directory.readEntries();
    } catch (IndexOutOfBoundsException damaged) {
      throw (ZipException) new ZipException("its directory is invalid").initCause(damaged);
    }
    return directory;
  }

  /** Files and folders, the names of the latter with a slash at their ends. */
  List<ZipMember> members() {
    return members;
  }

  /** Whether there are names in another encoding than UTF-8. */
  boolean foreignNames() {
    return foreignNames;
  }

  private void readEntries() throws ZipException {
    long end = end();
    long count = u16(end + 10);
    long size = u32(end + 12);
    long from = u32(end + 16);
    long locator = end - LOCATOR_64_BYTES;
    if (locator >= 0 && i32(locator) == LOCATOR_64) {
      end = archive.get(LONG, locator + 8);
      if (end < 0 || end > locator - END_64_BYTES || i32(end) != END_64) {
        throw new ZipException("its directory has no end");
      }
      count = archive.get(LONG, end + 32);
      size = archive.get(LONG, end + 40);
      from = archive.get(LONG, end + 48);
    }
    if (from < 0 || size < 0 || from > end || size != end - from || count > size / ENTRY_BYTES) {
      throw new ZipException("its directory is not where it should be");
    }
    long at = from;
    for (long i = 0; i < count; i++) {
      at = readEntry(at, from);
    }
    if (at != end) {
      throw new ZipException("its directory has another number of files than it says");
    }
  }

  /** Where the record of the directory's end is, which a comment may follow. */
  private long end() throws ZipException {
    for (long at = archive.byteSize() - END_BYTES;
        at >= Math.max(0, archive.byteSize() - END_BYTES - 0xFFFF);
        at--) {
      if (i32(at) == END && at + END_BYTES + u16(at + 20) == archive.byteSize()) {
        return at;
      }
    }
    throw new ZipException("its end is missing: it is cut short");
  }

  /** Reads an entry, and returns where the next one is. */
  private long readEntry(long at, long directory) throws ZipException {
    if (i32(at) != ENTRY) {
      throw new ZipException("its directory is invalid at byte %,d".formatted(at));
    }
    int flags = u16(at + 8);
    int method = u16(at + 10);
    long compressed = u32(at + 20);
    long size = u32(at + 24);
    long header = u32(at + 42);
    MemorySegment rawName = archive.asSlice(at + ENTRY_BYTES, u16(at + 28));
    long extra = at + ENTRY_BYTES + rawName.byteSize();
    long next = extra + u16(at + 30) + u16(at + 32);
    String unicodeName = null;
    for (long field = extra; field + 4 <= extra + u16(at + 30); field += 4 + u16(field + 2)) {
      if (u16(field) == EXTRA_64) {
        long value = field + 4;
        if (size == IN_EXTRA) {
          size = archive.get(LONG, value);
          value += Long.BYTES;
        }
        if (compressed == IN_EXTRA) {
          compressed = archive.get(LONG, value);
          value += Long.BYTES;
        }
        if (header == IN_EXTRA) {
          header = archive.get(LONG, value);
        }
      } else if (u16(field) == EXTRA_UNICODE_NAME && u32(field + 5) == crc(rawName)) {
        unicodeName = utf8(archive.asSlice(field + 9, u16(field + 2) - 5L));
      }
    }
    String name = unicodeName == null ? name(rawName) : unicodeName;
    long data = header + FILE_BYTES + rawName.byteSize() + u16(header + 28);
    if (i32(header) != FILE
        || u16(header + 26) != rawName.byteSize()
        || archive.asSlice(header + FILE_BYTES, rawName.byteSize()).mismatch(rawName) >= 0
        || u16(header + 8) != method
        || ((u16(header + 6) ^ flags) & ENCRYPTED) != 0
        || size < 0
        || compressed < 0
        || compressed > directory - data) {
      throw new ZipException("what it says of %s disagrees with its directory".formatted(name));
    }
    members.add(
        new ZipMember(
            name,
            method,
            (flags & ENCRYPTED) != 0,
            u16(at + 4) >> 8 == MADE_ON_UNIX && u32(at + 38) >> 28 == LINK,
            u32(at + 16),
            archive.asSlice(data, compressed),
            size));
    return next;
  }

  private String name(MemorySegment raw) {
    String name = utf8(raw);
    if (name == null) {
      foreignNames = true;
      name = new String(raw.toArray(ValueLayout.JAVA_BYTE), DOS);
    }
    return name.contains("/") ? name : name.replace('\\', '/'); // of Windows' older archivers
  }

  /** Text in UTF-8; null if it is in another encoding. */
  private static String utf8(MemorySegment raw) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(raw.toArray(ValueLayout.JAVA_BYTE)))
          .toString();
    } catch (CharacterCodingException foreign) {
      return null;
    }
  }

  private static long crc(MemorySegment bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes.toArray(ValueLayout.JAVA_BYTE));
    return crc.getValue();
  }

  private int u16(long at) {
    return Short.toUnsignedInt(archive.get(SHORT, at));
  }

  private int i32(long at) {
    return archive.get(INT, at);
  }

  private long u32(long at) {
    return Integer.toUnsignedLong(i32(at));
  }
}
