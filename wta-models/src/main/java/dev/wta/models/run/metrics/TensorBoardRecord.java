package dev.wta.models.run.metrics;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A record of TensorBoard's event files: a protobuf {@code Event} between its length and check
 * sums, all little-endian,
 *
 * <pre>{@code
 * uint64 length;  uint32 masked CRC-32C of the length;  byte event[length];  uint32 masked CRC-32C of the event
 * }</pre>
 */
final class TensorBoardRecord {
  private static final String VERSION = "brain.Event:2";
  private static final int HEADER = Long.BYTES + Integer.BYTES;
  private static final int LARGEST = 1 << 20; // ours are some hundred bytes

  /** The numbers of the fields of {@code Event}, {@code Summary} and {@code SessionLog}. */
  private static final int WALL_TIME = 1;

  private static final int STEP = 2;
  private static final int FILE_VERSION = 3;
  private static final int SUMMARY = 5;
  private static final int SESSION_LOG = 7;
  private static final int SUMMARY_VALUE = 1;
  private static final int VALUE_TAG = 1;
  private static final int VALUE_SIMPLE = 2;
  private static final int SESSION_STATUS = 1;
  private static final int START = 1;

  private final long step;
  private final byte[] event;

  private TensorBoardRecord(long step, byte[] event) {
    this.step = step;
    this.event = event;
  }

  /** What every file begins with. */
  static TensorBoardRecord version(double wallTime) {
    return new TensorBoardRecord(
        0, new ProtobufMessage().real64(WALL_TIME, wallTime).text(FILE_VERSION, VERSION).toBytes());
  }

  /**
   * Marks a resume of training: a reader that has seen events of {@code step} or later forgets
   * them.
   */
  static TensorBoardRecord start(double wallTime, long step) {
    ProtobufMessage session = new ProtobufMessage().integer(SESSION_STATUS, START);
    return new TensorBoardRecord(
        step, event(wallTime, step).message(SESSION_LOG, session).toBytes());
  }

  /** Numbers of a step, by their tags. */
  static TensorBoardRecord scalars(double wallTime, long step, Map<String, Float> values) {
    ProtobufMessage summary = new ProtobufMessage();
    values.forEach(
        (tag, value) ->
            summary.message(
                SUMMARY_VALUE,
                new ProtobufMessage().text(VALUE_TAG, tag).real32(VALUE_SIMPLE, value)));
    return new TensorBoardRecord(step, event(wallTime, step).message(SUMMARY, summary).toBytes());
  }

  private static ProtobufMessage event(double wallTime, long step) {
    return new ProtobufMessage().real64(WALL_TIME, wallTime).integer(STEP, step);
  }

  /** The training step that the event belongs to. */
  long step() {
    return step;
  }

  /** The record as a file has it. */
  byte[] toBytes() {
    ByteBuffer bytes = littleEndian(ByteBuffer.allocate(HEADER + event.length + Integer.BYTES));
    bytes.putLong(event.length);
    bytes.putInt(maskedCrc(bytes.array(), 0, Long.BYTES));
    bytes.put(event);
    bytes.putInt(maskedCrc(event, 0, event.length));
    return bytes.array();
  }

  /**
   * Reads the record that {@code file} stands at and moves beyond it; empty, at the end and where
   * there is no whole record of ours.
   */
  static Optional<TensorBoardRecord> read(ByteBuffer file) {
    ByteBuffer rest = littleEndian(file.slice());
    if (rest.remaining() < HEADER + Integer.BYTES) {
      return Optional.empty();
    }
    byte[] header = new byte[Long.BYTES];
    rest.get(0, header);
    long length = rest.getLong();
    if (rest.getInt() != maskedCrc(header, 0, header.length)
        || length < 0
        || length > Math.min(LARGEST, rest.remaining() - Integer.BYTES)) {
      return Optional.empty();
    }
    byte[] event = new byte[(int) length];
    rest.get(event);
    if (rest.getInt() != maskedCrc(event, 0, event.length)) {
      return Optional.empty();
    }
    file.position(file.position() + rest.position());
    return Optional.of(new TensorBoardRecord(stepOf(event), event));
  }

  /** The step of an event that this class wrote: wall time, and then the step if there is one. */
  private static long stepOf(byte[] event) {
    int at = 1 + Double.BYTES;
    if (at >= event.length || event[at] != STEP << 3) {
      return 0;
    }
    long step = 0;
    int shift = 0;
    do {
      at++;
      step |= (long) (event[at] & 0x7F) << shift;
      shift += 7;
    } while (event[at] < 0);
    return step;
  }

  /** A check sum that can itself be part of what is summed: turned by 15 bits, and moved. */
  private static int maskedCrc(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xA282EAD8;
  }

  private static ByteBuffer littleEndian(ByteBuffer bytes) {
    return bytes.order(ByteOrder.LITTLE_ENDIAN);
  }
}
