package dev.wta.data.arrow.compression;

import dev.wta.api.WtaException;
import io.airlift.compress.v3.MalformedInputException;
import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.compression.CompressionCodec;
import org.apache.arrow.vector.compression.CompressionUtil.CodecType;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorInputStream;

/**
 * Unpacks a buffer of a record batch: the length of what is packed (8 bytes, or -1 where nothing
 * is), then a frame of LZ4 or Zstandard.
 */
public final class BufferCodec implements CompressionCodec {
  private static final int LENGTH_BYTES = Long.BYTES;
  private static final int NOT_PACKED = -1;

  private final CodecType type;

  private BufferCodec(CodecType type) {
    this.type = type;
  }

  /** Makes the codecs. */
  public enum Factory implements CompressionCodec.Factory {
    INSTANCE;

    @Override
    public CompressionCodec createCodec(CodecType type) {
      return new BufferCodec(type);
    }

    @Override
    public CompressionCodec createCodec(CodecType type, int level) {
      return new BufferCodec(type);
    }
  }

  @Override
  public CodecType getCodecType() {
    return type;
  }

  @Override
  public ArrowBuf compress(BufferAllocator allocator, ArrowBuf buffer) {
    throw new UnsupportedOperationException("buffers are only unpacked");
  }

  /** Takes {@code packed} over, as Arrow's own codecs do. */
  @Override
  public ArrowBuf decompress(BufferAllocator allocator, ArrowBuf packed) {
    long there = packed.writerIndex();
    if (there == 0) { // an empty buffer has no length before it
      return packed;
    }
    long length = there < LENGTH_BYTES ? Long.MIN_VALUE : packed.getLong(0);
    if (length == NOT_PACKED) {
      ArrowBuf rest = packed.slice(LENGTH_BYTES, there - LENGTH_BYTES);
      rest.writerIndex(there - LENGTH_BYTES);
      return rest; // shares the count of references
    }
    if (length < 0 || length > Integer.MAX_VALUE - LENGTH_BYTES || there > Integer.MAX_VALUE) {
      throw new WtaException(
          "a compressed buffer would have %d bytes".formatted(length),
          "write smaller record batches");
    }
    byte[] bytes = new byte[(int) (there - LENGTH_BYTES)];
    packed.getBytes(LENGTH_BYTES, bytes);
    byte[] unpacked = type == CodecType.ZSTD ? zstd(bytes, (int) length) : lz4(bytes, (int) length);
    ArrowBuf buffer = allocator.buffer(length);
    buffer.setBytes(0, unpacked);
    buffer.writerIndex(length);
    packed.close();
    return buffer;
  }

  private static byte[] zstd(byte[] packed, int length) {
    byte[] unpacked = new byte[length];
    try {
      int count =
          new ZstdJavaDecompressor().decompress(packed, 0, packed.length, unpacked, 0, length);
      return whole(unpacked, count, length);
    } catch (MalformedInputException | IndexOutOfBoundsException broken) {
      throw damaged(broken);
    }
  }

  private static byte[] lz4(byte[] packed, int length) {
    try (InputStream in =
        new FramedLZ4CompressorInputStream(new ByteArrayInputStream(packed), true)) {
      byte[] unpacked = in.readNBytes(length);
      return whole(unpacked, unpacked.length, length);
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException broken) {
      throw damaged(broken);
    }
  }

  private static byte[] whole(byte[] unpacked, int count, int length) {
    if (count != length) {
      throw damaged(null);
    }
    return unpacked;
  }

  private static WtaException damaged(Exception cause) {
    return new WtaException(
        "a compressed buffer is damaged", "copy or write the file again", cause);
  }
}
