package dev.wta.data.importer.format;

import dev.wta.api.WtaException;
import dev.wta.data.importer.SourceFile;
import dev.wta.data.io.ForeignFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * A CSV file being read (RFC 4180), field by field. A field may stand in quotes, within which a
 * quote is doubled and lines may end. Lines end with LF, CRLF or CR.
 */
final class CsvFile {
  /** Bytes of a field: a longer one has a quote that is not closed, or is no text. */
  private static final int LONGEST_FIELD = 1 << 16;

  private static final int BUFFER_BYTES = 1 << 16;
  private static final int LONGEST_SHOWN = 40;
  private static final int END = -1;
  private static final byte[] UTF_8_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private static final Pattern NOT_FINITE = Pattern.compile("(?i)[+-]?(nan|inf|infinity)");

  private final Path path;
  private final InputStream in;
  private final char separator;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int position;
  private int filled;
  private long nextLine = 1; // of the byte at the position
  private boolean ended = true; // whether the record has no further field
  private long line; // where the field begins
  private int column; // of the field, from 1
  private byte[] field = new byte[64];
  private int length;

  /**
   * Reads a file's content from its beginning. The caller closes the content.
   *
   * @param path what messages call it
   * @throws WtaException if it begins as no text does, or as a file of another format
   */
  CsvFile(Path path, InputStream content, char separator) throws IOException {
    this.path = path;
    this.in = content;
    this.separator = separator;
    filled = in.readNBytes(buffer, 0, buffer.length);
    int mark = filled < 2 ? 0 : (buffer[0] & 0xFF) << 8 | buffer[1] & 0xFF;
    if (mark == 0xFEFF || mark == 0xFFFE) {
      throw new WtaException(path + " is text in UTF-16", "save it in UTF-8");
    }
    byte[] beginning = Arrays.copyOf(buffer, Math.min(filled, ForeignFormat.BEGINNING_BYTES));
    if (ForeignFormat.of(beginning).filter(format -> format != ForeignFormat.CSV).isPresent()
        || new String(beginning, StandardCharsets.ISO_8859_1).indexOf('\0') >= 0) {
      throw SourceFile.other(path, "CSV", "it is not text", "give a CSV file");
    }
    if (Arrays.equals(Arrays.copyOf(beginning, UTF_8_MARK.length), UTF_8_MARK)) {
      position = UTF_8_MARK.length;
    }
  }

  /**
   * Goes to the next record, which has one field at least; false at the end of the file.
   *
   * @throws WtaException if there is an empty line before it
   */
  boolean nextRecord() throws IOException {
    long empty = 0;
    int next = read();
    for (; next == '\n' || next == '\r'; next = read()) {
      empty = empty == 0 ? nextLine : empty;
      endLine(next);
    }
    if (next == END) {
      return false;
    }
    position--;
    if (empty > 0) {
      throw new WtaException("%s, line %d is empty".formatted(path, empty), "remove the line");
    }
    column = 0;
    ended = false;
    return true;
  }

  /** Goes to the next field of the record; false if it has no other. */
  boolean nextField() throws IOException {
    if (ended) {
      return false;
    }
    line = nextLine;
    column++;
    length = 0;
    int next = read();
    if (next == '"') {
      next = readQuoted();
    } else {
      for (; !endsField(next); next = read()) {
        append(next);
      }
    }
    if (next != separator) {
      ended = true;
      if (next != END) {
        endLine(next);
      }
    }
    return true;
  }

  /** Skips the other fields of the record, and returns how many they are. */
  int skipFields() throws IOException {
    int skipped = 0;
    while (nextField()) {
      skipped++;
    }
    return skipped;
  }

  private boolean endsField(int next) {
    return next == separator || next == '\n' || next == '\r' || next == END;
  }

  /** Reads to the end of a field whose quote was read, and returns what follows it. */
  private int readQuoted() throws IOException {
    for (int next = read(); next != END; next = read()) {
      if (next == '"') {
        next = read();
        if (endsField(next)) {
          return next;
        }
        if (next != '"') {
          throw wrong("has text after its closing quote", "double the quotes within it");
        }
      } else if (next == '\n') {
        nextLine++;
      }
      append(next);
    }
    throw wrong("has a quote that is not closed", "close or remove it");
  }

  private void append(int next) {
    if (length == field.length) {
      if (length == LONGEST_FIELD) {
        throw wrong(
            "has more than %,d characters".formatted(LONGEST_FIELD),
            "give a CSV file, with --separator if that is not a comma; or close the quote");
      }
      field = Arrays.copyOf(field, 2 * length);
    }
    field[length++] = (byte) next;
  }

  private int read() throws IOException {
    if (position == filled) {
      filled = Math.max(0, in.read(buffer));
      position = 0;
      if (filled == 0) {
        return END;
      }
    }
    return buffer[position++] & 0xFF;
  }

  /** Counts a line, and skips the second byte of its end. */
  private void endLine(int first) throws IOException {
    nextLine++;
    if (first == '\r' && read() != '\n' && filled > 0) {
      position--;
    }
  }

  /** The field's number, NaN if it is none, infinite if it is too large for float32. */
  float number() {
    return DecimalText.parse(field, length);
  }

  /** Whether the field is a word for NaN or an infinity. */
  boolean namesNoFiniteNumber() {
    return NOT_FINITE.matcher(text().strip()).matches();
  }

  /** The field without the quotes round it. */
  String text() {
    return new String(field, 0, length, StandardCharsets.UTF_8);
  }

  /** The field for a message: one line, and not too long. */
  String shown() {
    String text = text().replaceAll("\\p{Cntrl}", "?");
    return text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + "..." : text;
  }

  /** The line, from 1, that the field begins in. */
  long line() {
    return line;
  }

  /** An error of the field, which begins with its place. */
  WtaException wrong(String problem, String remedy) {
    return new WtaException(
        "%s, line %d, column %d %s".formatted(path, line, column, problem), remedy);
  }
}
