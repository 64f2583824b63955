package dev.wta.models.io;

import java.io.IOException;
import java.io.OutputStream;

/** A stream that counts the bytes written. Closing it leaves the stream behind it open. */
public final class CountingStream extends OutputStream {
  private final OutputStream out;
  private long count;

  public CountingStream(OutputStream out) {
    this.out = out;
  }

  /** The bytes that have passed. */
  public long count() {
    return count;
  }

  @Override
  public void write(int one) throws IOException {
    out.write(one);
    count++;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
    count += length;
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }
}
