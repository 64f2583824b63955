package dev.wta.cli.option;

/** How much the user wants to hear: what {@code wta} itself tells its commands. */
public interface Verbosity {
  /** Whether only results and errors are to be shown. */
  boolean quiet();
}
