package dev.wta.cli.output;

import dev.wta.api.WtaException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;

/**
 * Standard output, which carries what was asked for and nothing else. Unlike {@link System#out} it
 * does not swallow errors: a full disk is reported, and a reader that went away ends the program
 * quietly.
 */
public final class Output {
  private static final Watched STREAM = new Watched(new FileOutputStream(FileDescriptor.out));
  private static final PrintWriter HELP = new PrintWriter(STREAM, false, charset());
  private static final PrintWriter WRITER = new PrintWriter(new VisibleWriter(HELP));

  private Output() {}

  /** Standard output's reader went away, as {@code head} does when it has seen enough. */
  public static final class ReaderGone extends RuntimeException {
    private static final long serialVersionUID = 1;

    ReaderGone(IOException cause) {
      super("nobody reads standard output any more", cause);
    }
  }

  /** Where commands write their result, made visible; buffered until {@link #flush}. */
  public static PrintWriter writer() {
    return WRITER;
  }

  /** Where help is written, with its colours. */
  public static PrintWriter help() {
    return HELP;
  }

  /** Standard output for what is no text, unbuffered; nothing else is written to it then. */
  public static OutputStream stream() {
    return new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int count) throws IOException {
        try {
          STREAM.write(bytes, offset, count);
        } catch (IOException failure) {
          if (isReaderGone(failure)) {
            throw new ReaderGone(failure);
          }
          throw failure;
        }
      }
    };
  }

  private static boolean isReaderGone(IOException failure) {
    return String.valueOf(failure.getMessage()).contains("Broken pipe");
  }

  /**
   * Sends what was written.
   *
   * @throws WtaException if it could not be written, at this or an earlier flush
   */
  public static void flush() {
    WRITER.flush();
    IOException failure = STREAM.failure;
    if (failure == null) {
      return;
    }
    if (isReaderGone(failure)) {
      throw new ReaderGone(failure);
    }
    throw new WtaException(
        "cannot write to standard output: " + failure.getMessage(),
        "make room or send the output elsewhere",
        failure);
  }

  private static Charset charset() {
    String name = System.getProperty("stdout.encoding");
    return name != null && Charset.isSupported(name)
        ? Charset.forName(name)
        : Charset.defaultCharset();
  }

  /** Keeps the first failure, which a {@link PrintWriter} would forget. */
  private static final class Watched extends OutputStream {
    private final OutputStream target;
    private IOException failure;

    Watched(OutputStream target) {
      this.target = target;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
      try {
        target.write(bytes, offset, count);
      } catch (IOException problem) {
        failure = failure == null ? problem : failure;
        throw problem;
      }
    }
  }
}
