package dev.wta.cli.terminal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.nio.charset.Charset;

/**
 * Standard error as the user gave it. The JVM remarks on standard error that the Vector API is
 * incubating, before any Java code can ask it not to; so the launcher lets the JVM start with a
 * filter there and keeps the real one under another descriptor, which it names in the system
 * property {@code wta.stderr}. This puts the real one back with the first byte that is written:
 * from then on the filter is gone, and a terminal is a terminal again.
 */
public final class StandardError extends OutputStream {
  private static final int DESCRIPTOR = 2;
  private static final String KEPT = "wta.stderr";

  private final FileOutputStream target = new FileOutputStream(FileDescriptor.err);
  private static PrintStream stream = System.err;
  private static boolean restored;

  private StandardError() {}

  /**
   * Makes {@link System#err} put the real standard error back before it writes, and escape what
   * would act on a terminal.
   */
  public static void install() {
    if (System.getProperty(KEPT) != null) {
      Charset charset = Charset.forName(System.getProperty("stderr.encoding"));
      stream = new PrintStream(new StandardError(), true, charset);
    }
    System.setErr(new VisibleStream(stream));
  }

  /** Standard error for terminal sequences: nothing is escaped. */
  static PrintStream stream() {
    return stream;
  }

  /** Puts the real one back now, if the launcher kept it. */
  static synchronized void restore() {
    Integer kept = Integer.getInteger(KEPT);
    if (restored || kept == null) {
      return;
    }
    restored = true;
    FunctionDescriptor signature =
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    NativeCall.find("dup2", signature).ifPresent(dup2 -> dup2.call(kept, DESCRIPTOR));
  }

  @Override
  public void write(int value) throws IOException {
    restore();
    target.write(value);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    restore();
    target.write(bytes, offset, count);
  }
}
