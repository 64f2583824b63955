package dev.wta.cli;

/**
 * Adds a sub-command to {@code wta} from another jar on the class path; listed in {@code
 * META-INF/services/dev.wta.cli.CommandProvider}.
 */
public interface CommandProvider {
  /**
   * A new object annotated with picocli's {@code @Command}, named and described there, that is a
   * {@code Callable<Integer>} answering the exit code. It throws {@link dev.wta.api.WtaException}
   * for what the user can mend, and writes people's text to standard error where it was asked for
   * JSON. Constructing it must be quick: it happens at every start.
   */
  Object command();
}
