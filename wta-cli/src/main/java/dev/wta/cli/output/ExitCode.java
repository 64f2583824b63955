package dev.wta.cli.output;

/** The exit codes of the process. */
public final class ExitCode {
  public static final int OK = 0;

  /** A bug of this program. */
  public static final int BUG = 1;

  /** An error that the user can correct: bad input, a missing file, a backend that cannot start. */
  public static final int USER = 2;

  /** Stopped by Ctrl-C, with everything saved: 128 + SIGINT. */
  public static final int INTERRUPTED = 130;

  /**
   * The reader of standard output has closed it: 128 + SIGPIPE, as the shell has it for other
   * programs.
   */
  public static final int BROKEN_PIPE = 141;

  private ExitCode() {}
}
