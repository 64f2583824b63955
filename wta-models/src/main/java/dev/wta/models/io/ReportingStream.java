package dev.wta.models.io;

import dev.wta.api.ProgressListener;
import java.io.IOException;
import java.io.OutputStream;

/** A stream that reports the number of bytes written to a listener. Closing it does nothing. */
public final class ReportingStream extends OutputStream {
  private final CountingStream out;
  private final String stage;
  private final long total;
  private final ProgressListener listener;

  /**
   * A stream before its first byte.
   *
   * @param stage what the bytes are, for people
   * @param total about as many as there will be, at least 1
   */
  public ReportingStream(OutputStream out, String stage, long total, ProgressListener listener) {
    this.out = new CountingStream(out);
    this.stage = stage;
    this.total = total;
    this.listener = listener;
    listener.progressed(stage, 0, total);
  }

  @Override
  public void write(int one) throws IOException {
    out.write(one);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
    listener.progressed(stage, Math.min(total, out.count()), total);
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }
}
