package dev.wta.data.io;

import dev.wta.api.WtaException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Formats that are given by mistake, recognised by their first bytes, each with its remedy. */
public enum ForeignFormat {
  ARROW("an Arrow file already", "give it as it is, as with --data", "ARROW1"),
  PARQUET(
      "a Parquet file", "write it as Arrow: pyarrow.feather.write_feather(table, path)", "PAR1"),
  FEATHER_1("a Feather file of version 1", "write it as version 2", "FEA1"),
  GIT_LFS(
      "a pointer of Git LFS to a file that is elsewhere",
      "fetch the file itself: git lfs pull",
      "version https://git-lfs"),
  GZIP(
      "compressed with gzip",
      "decompress it, or give IDX files to 'wta import idx'",
      "\u001f\u008b"),
  ZSTD("compressed with Zstandard", "decompress it", "(\u00b5/\u00fd"),
  BZIP2("compressed with bzip2", "decompress it", "BZh"),
  XZ("compressed with xz", "decompress it", "\u00fd7zXZ\0"),
  ZIP(
      "a ZIP archive",
      "give the Arrow file in it; of pictures, give it to 'wta import folder'",
      "PK\u0003\u0004"),
  SEVEN_ZIP("a 7-Zip archive", "unpack it", "7z\u00bc\u00af"),
  RAR("a RAR archive", "unpack it", "Rar!"),
  NPY("a NumPy array", "end its name with .npy", "\u0093NUMPY"),
  HDF5(
      "an HDF5 file",
      "write its arrays as Arrow, or with numpy.save for 'wta import npy'",
      "\u0089HDF"),
  MATLAB(
      "a MATLAB file",
      "give SVHN's to 'wta import svhn', write others with numpy.save for 'wta import npy'",
      "MATLAB "),
  IDX("an IDX file", "import it: wta import idx", "\0\0\u0008"),
  PICKLE(
      "a Python pickle",
      "load it in Python, and write its arrays with numpy.save for 'wta import npy'",
      ""),
  SQLITE(
      "an SQLite database",
      "write its samples with numpy.save for 'wta import npy'",
      "SQLite format 3"),
  PNG("a PNG picture", "give its folder to 'wta import folder'", "\u0089PNG"),
  JPEG("a JPEG picture", "give its folder to 'wta import folder'", "\u00ff\u00d8\u00ff"),
  GIF("a GIF picture", "convert it to PNG", "GIF8"),
  BMP("a BMP picture", "convert it to PNG", ""),
  TIFF("a TIFF picture", "convert it to PNG", ""),
  WEBP("a WebP picture", "convert it to PNG", ""),
  HEIF("a HEIF or AVIF picture", "convert it to PNG", ""),
  TAR("a tar archive", "unpack it; of pictures, give it to 'wta import folder'", ""),
  HTML(
      "a web page",
      "look into it for why the download failed, and get the file from its present address",
      ""),
  JSON("a JSON document", "write its samples with numpy.save for 'wta import npy'", ""),
  CSV("a table as text, such as CSV", "import it: wta import csv", "");

  /** As many first bytes as are needed to know a format. */
  public static final int BEGINNING_BYTES = 512;

  private final String what;
  private final String remedy;

  /** A character a byte; empty for a format that needs more than that. */
  private final String magic;

  ForeignFormat(String what, String remedy, String magic) {
    this.what = what;
    this.remedy = remedy;
    this.magic = magic;
  }

  /** What a file of the format is: {@code a Parquet file}. */
  public String what() {
    return what;
  }

  /** What to do with a file of the format. */
  public String remedy() {
    return remedy;
  }

  /** What to do with a stream of the format, which has no name to end with anything. */
  public String remedyOfStream() {
    return this == NPY || this == PARQUET
        ? "give the file by its name: a stream has to be Arrow"
        : remedy;
  }

  /**
   * The format of a file.
   *
   * @param beginning its first {@link #BEGINNING_BYTES}, or all of a smaller one
   */
  public static Optional<ForeignFormat> of(byte[] beginning) {
    String begin = new String(beginning, StandardCharsets.ISO_8859_1);
    return Arrays.stream(values())
        .filter(
            format -> format.magic.isEmpty() ? format.fits(begin) : begin.startsWith(format.magic))
        .findFirst();
  }

  private boolean fits(String begin) {
    return switch (this) {
      case PICKLE ->
          begin.length() > 2
              && begin.charAt(0) == 0x80
              && begin.charAt(1) >= 2
              && begin.charAt(1) <= 5;
      case BMP -> begin.startsWith("BM") && begin.startsWith("\0\0\0\0", 6);
      case TIFF -> begin.startsWith("II*\0") || begin.startsWith("MM\0*");
      case WEBP -> begin.startsWith("RIFF") && begin.startsWith("WEBP", 8);
      case HEIF -> begin.startsWith("ftyp", 4);
      case TAR -> begin.startsWith("ustar", 257);
      case HTML -> {
        String text = begin.stripLeading().toLowerCase(Locale.ROOT);
        yield text.startsWith("<!doctype html") || text.startsWith("<html");
      }
      case JSON -> isText(begin) && begin.stripLeading().matches("(?s)[\\[{].*");
      case CSV ->
          isText(begin) && begin.lines().findFirst().orElse("").matches(".*[,;\t].*[,;\t].*");
      default -> false;
    };
  }

  private static boolean isText(String begin) {
    return !begin.isEmpty()
        && begin.chars().allMatch(c -> c >= ' ' && c != 0x7f || Character.isWhitespace(c));
  }

  /**
   * Refuses files of these formats.
   *
   * @throws WtaException if the file is of one of them
   */
  public static void refuse(MappedFile file) {
    MemorySegment begin = file.bytes().asSlice(0, Math.min(BEGINNING_BYTES, file.size()));
    of(begin.toArray(ValueLayout.JAVA_BYTE))
        .ifPresent(
            format -> {
              throw new WtaException(
                  "%s is no Arrow file but %s".formatted(file.name(), format.what), format.remedy);
            });
  }
}
