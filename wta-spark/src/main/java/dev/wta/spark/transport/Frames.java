package dev.wta.spark.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What goes over a connection: frames of a length (4 bytes, big-endian), a kind (1 byte) and a
 * payload. A message is a {@link #MESSAGE} with its number and length, and its bytes in as many
 * {@link #CHUNK}s as it takes.
 */
final class Frames {
  static final byte HELLO = 1;
  static final byte CHALLENGE = 2;
  static final byte PROOF = 3;
  static final byte WELCOME = 4;
  static final byte MESSAGE = 5;
  static final byte CHUNK = 6;
  static final byte ALIVE = 7;
  static final byte GOODBYE = 8;
  static final byte GIVES_UP = 9;

  /** Bytes of a message in one frame at most. */
  static final int MOST_OF_CHUNK = 1 << 18;

  /** Bytes of a frame at most, before its sender has proved that it knows the secret. */
  private static final int MOST_OF_STRANGER = 128;

  /** Characters of each part of a reason at most. */
  private static final int MOST_OF_REASON = 1000;

  private static final int LENGTH = Integer.BYTES;

  private Frames() {}

  /** Cuts what a stranger sends into frames; a longer one ends the connection. */
  static LengthFieldBasedFrameDecoder ofStrangers() {
    return decoder(MOST_OF_STRANGER);
  }

  /** Cuts what a peer sends into frames; a longer one ends the connection. */
  static LengthFieldBasedFrameDecoder ofPeers() {
    return decoder(MOST_OF_CHUNK + 1);
  }

  private static LengthFieldBasedFrameDecoder decoder(int most) {
    return new LengthFieldBasedFrameDecoder(LENGTH + most, 0, LENGTH, 0, LENGTH);
  }

  /** A frame whose payload is given in parts. */
  static ByteBuf frame(byte kind, byte[]... payload) {
    int size = 1;
    for (byte[] part : payload) {
      size += part.length;
    }
    ByteBuf frame = Unpooled.buffer(LENGTH + size).writeInt(size).writeByte(kind);
    for (byte[] part : payload) {
      frame.writeBytes(part);
    }
    return frame;
  }

  /**
   * The reason why ranks end.
   *
   * @param problem a sentence that is as true where it is read as where it was written
   */
  record Reason(String problem, String remedy) {
    /** Reads the rest of a {@link #GIVES_UP}. */
    static Reason read(ByteBuf frame) {
      int length = frame.readInt();
      String problem = frame.readString(length, StandardCharsets.UTF_8);
      return new Reason(problem, frame.readString(frame.readableBytes(), StandardCharsets.UTF_8));
    }

    /** The frame that carries it: the length of the problem (4 bytes), the problem, the remedy. */
    ByteBuf frame() {
      byte[] first = bytes(problem);
      byte[] length = ByteBuffer.allocate(Integer.BYTES).putInt(first.length).array();
      return Frames.frame(GIVES_UP, length, first, bytes(remedy));
    }

    private static byte[] bytes(String text) {
      return text.substring(0, Math.min(text.length(), MOST_OF_REASON))
          .getBytes(StandardCharsets.UTF_8);
    }
  }

  /** The frame that announces a message. */
  static ByteBuf message(long number, int length) {
    return frame(
        MESSAGE,
        ByteBuffer.allocate(Long.BYTES + Integer.BYTES).putLong(number).putInt(length).array());
  }

  /** A frame with some bytes of a message, which are not copied. */
  static ByteBuf chunk(ByteBuffer bytes) {
    ByteBuf head = Unpooled.buffer(LENGTH + 1).writeInt(1 + bytes.remaining()).writeByte(CHUNK);
    return Unpooled.wrappedBuffer(head, Unpooled.wrappedBuffer(bytes));
  }
}
