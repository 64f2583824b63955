package dev.wta.data.arrow.compression;

import io.airlift.compress.v3.MalformedInputException;
import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.DataFormatException;
import org.apache.arrow.flatbuf.BodyCompression;
import org.apache.arrow.flatbuf.BodyCompressionMethod;
import org.apache.arrow.flatbuf.CompressionType;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorInputStream;

/** How the buffers of a record batch are packed. */
public enum BufferCodec {
  NONE(1),
  LZ4(255),
  ZSTD(1 << 15);

  /** The most bytes that a packed one stands for: a block of Zstandard is 128 KiB in 4 bytes. */
  private final int mostOfByte;

  BufferCodec(int mostOfByte) {
    this.mostOfByte = mostOfByte;
  }

  /**
   * The codec of a record batch.
   *
   * @param compression as the record batch has it, or null
   * @throws DataFormatException if the format has no such codec
   */
  public static BufferCodec of(BodyCompression compression) throws DataFormatException {
    if (compression == null) {
      return NONE;
    }
    if (compression.method() != BodyCompressionMethod.BUFFER) {
      throw new DataFormatException("compression method " + compression.method());
    }
    return switch (compression.codec()) {
      case CompressionType.LZ4_FRAME -> LZ4;
      case CompressionType.ZSTD -> ZSTD;
      default -> throw new DataFormatException("codec " + compression.codec());
    };
  }

  /**
   * Unpacks a frame.
   *
   * @param length of what is in it, in bytes
   * @throws DataFormatException if it is damaged, or has another length
   */
  public byte[] unpack(byte[] frame, int length) throws DataFormatException {
    if (length > (frame.length + 1L) * mostOfByte) { // before there is memory for it
      throw otherLength(length);
    }
    try {
      return switch (this) {
        case NONE -> whole(frame, frame.length, length);
        case LZ4 -> lz4(frame, length);
        case ZSTD -> zstd(frame, length);
      };
    } catch (IOException
        | MalformedInputException
        | IllegalArgumentException
        | IndexOutOfBoundsException broken) { // the codecs throw any of these
      DataFormatException damaged = new DataFormatException("a broken frame of " + this);
      damaged.initCause(broken);
      throw damaged;
    }
  }

  private static byte[] zstd(byte[] frame, int length) throws DataFormatException {
    byte[] unpacked = new byte[length];
    int count = new ZstdJavaDecompressor().decompress(frame, 0, frame.length, unpacked, 0, length);
    return whole(unpacked, count, length);
  }

  private static byte[] lz4(byte[] frame, int length) throws IOException, DataFormatException {
    try (InputStream in =
        new FramedLZ4CompressorInputStream(new ByteArrayInputStream(frame), true)) {
      byte[] unpacked = in.readNBytes(length);
      return whole(unpacked, unpacked.length, length);
    }
  }

  private static byte[] whole(byte[] unpacked, int count, int length) throws DataFormatException {
    if (count != length) {
      throw otherLength(length);
    }
    return unpacked;
  }

  private static DataFormatException otherLength(int length) {
    return new DataFormatException("a packed buffer that does not hold %d bytes".formatted(length));
  }
}
