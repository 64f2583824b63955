package dev.wta.data.parquet;

import dev.wta.api.WtaException;
import io.airlift.compress.v3.Decompressor;
import io.airlift.compress.v3.lz4.Lz4JavaDecompressor;
import io.airlift.compress.v3.snappy.SnappyJavaDecompressor;
import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** How the pages of a column are compressed. */
enum Codec {
  NONE,
  SNAPPY,
  GZIP,
  ZSTD,
  LZ4_RAW;

  /** All codecs of the format, by their numbers. */
  private static final List<String> NAMES =
      List.of("none", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4_RAW");

  /**
   * The codec of that number.
   *
   * @param file for messages
   * @throws WtaException if it is not read here
   */
  static Codec of(int number, String file) {
    return switch (number) {
      case 0 -> NONE;
      case 1 -> SNAPPY;
      case 2 -> GZIP;
      case 6 -> ZSTD;
      case 7 -> LZ4_RAW;
      default ->
          throw new WtaException(
              "%s is compressed with %s, which is not read"
                  .formatted(
                      file,
                      number > 0 && number < NAMES.size() ? NAMES.get(number) : "codec " + number),
              "write it with snappy, zstd, gzip, lz4_raw or without compression");
    };
  }

  /**
   * Unpacks.
   *
   * @param length of the result
   * @throws RuntimeException if the bytes are damaged
   */
  byte[] unpack(byte[] packed, int length) {
    byte[] unpacked =
        switch (this) {
          case NONE -> packed;
          case SNAPPY -> unpack(new SnappyJavaDecompressor(), packed, length);
          case ZSTD -> unpack(new ZstdJavaDecompressor(), packed, length);
          case LZ4_RAW -> unpack(new Lz4JavaDecompressor(), packed, length);
          case GZIP -> gunzip(packed, length);
        };
    if (unpacked.length != length) {
      throw new IllegalArgumentException(
          "a page of %d bytes, not %d".formatted(unpacked.length, length));
    }
    return unpacked;
  }

  private static byte[] unpack(Decompressor codec, byte[] packed, int length) {
    byte[] unpacked = new byte[length];
    int count = codec.decompress(packed, 0, packed.length, unpacked, 0, length);
    return count == length ? unpacked : Arrays.copyOf(unpacked, count);
  }

  private static byte[] gunzip(byte[] packed, int length) {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      return in.readNBytes(length);
    } catch (IOException broken) {
      throw new IllegalArgumentException(broken);
    }
  }
}
