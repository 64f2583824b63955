package dev.wta.data;

import dev.wta.api.WtaException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** Formats that people take for Arrow, known by their first bytes, and what to do about each. */
enum ForeignFormat {
  PARQUET(
      "a Parquet file",
      "write it as Arrow: pyarrow.feather.write_feather(table, path, compression='uncompressed')",
      "PAR1"),
  FEATHER_1("a Feather file of version 1", "write it as version 2, without compression", "FEA1"),
  GZIP(
      "compressed with gzip",
      "decompress it, or give IDX files to 'wta import idx'",
      "\u001f\u008b"),
  ZSTD("compressed with Zstandard", "decompress it", "(\u00b5/\u00fd"),
  ZIP("a ZIP archive", "give the Arrow file in it", "PK\u0003\u0004"),
  NPY("a NumPy array", "import it: wta import npy", "\u0093NUMPY"),
  HDF5("an HDF5 file", "write its arrays as Arrow", "\u0089HDF"),
  IDX("an IDX file", "import it: wta import idx", "\0\0\u0008");

  private final String what;
  private final String remedy;

  /** A character a byte. */
  private final String magic;

  ForeignFormat(String what, String remedy, String magic) {
    this.what = what;
    this.remedy = remedy;
    this.magic = magic;
  }

  /**
   * Answers for files of these formats.
   *
   * @throws WtaException if the file is of one of them
   */
  static void refuse(MappedFile file) {
    for (ForeignFormat format : values()) {
      MemorySegment magic =
          MemorySegment.ofArray(format.magic.getBytes(StandardCharsets.ISO_8859_1));
      if (file.size() >= magic.byteSize()
          && file.bytes().asSlice(0, magic.byteSize()).mismatch(magic) < 0) {
        throw new WtaException(
            "%s is no Arrow file but %s".formatted(file.name(), format.what), format.remedy);
      }
    }
  }
}
