package dev.wta.data.importer.archive;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarUtils;

/**
 * A tar archive whose headers' checksums are read, and whose end has to be marked: without the mark
 * one that is cut short between two files would merely hold fewer.
 */
final class CheckedTar extends TarArchiveInputStream {
  private static final int RECORD_BYTES = 512;

  /** The kind of entry, and where one of them says that a record of further holes follows. */
  private static final int KIND = 156;

  private static final int MORE_HOLES = 482;
  private static final int STILL_MORE_HOLES = 504;
  private static final byte SPARSE = 'S';

  private final InputStream content;
  private boolean holesFollow;
  private boolean ended;

  /** Reads an archive, whose content is no longer compressed. */
  CheckedTar(InputStream content) {
    super(content, RECORD_BYTES); // larger blocks would swallow what follows the end's mark
    this.content = content;
  }

  /** Called for headers, for records of holes, which have no checksum, and for the end's mark. */
  @Override
  protected byte[] readRecord() throws IOException {
    byte[] record = super.readRecord();
    if (record == null) {
      return null;
    }
    if (holesFollow) {
      holesFollow = record[STILL_MORE_HOLES] != 0;
    } else if (isEOFRecord(record)) {
      ended = true;
    } else if (ended) {
      throw trailingBytes();
    } else if (!checksumIsRight(record)) {
      throw new ZipException("the checksum of an entry's header is wrong");
    } else {
      holesFollow = record[KIND] == SPARSE && record[MORE_HOLES] != 0;
    }
    return record;
  }

  /**
   * Requires, after the last entry, that the archive ends there as it should. Reads on to the end
   * of the file, and so to the checksum of one that is compressed.
   */
  void requireEnd() throws IOException {
    if (!ended) {
      throw new EOFException();
    }
    byte[] rest = new byte[1 << 16];
    for (int count = content.read(rest); count > 0; count = content.read(rest)) {
      for (int i = 0; i < count; i++) {
        if (rest[i] != 0) {
          throw trailingBytes();
        }
      }
    }
  }

  private static boolean checksumIsRight(byte[] header) {
    try {
      return TarUtils.verifyCheckSum(header);
    } catch (IllegalArgumentException noNumber) {
      return false;
    }
  }

  private static ZipException trailingBytes() {
    return new ZipException("it has bytes after its end");
  }
}
