package dev.wta.cli;

/**
 * Adds a sub-command to {@code wta} from another jar on the class path; listed in {@code
 * META-INF/services/dev.wta.cli.CommandProvider}.
 */
public interface CommandProvider {
  /**
   * A class annotated with picocli's {@code @Command}, named and described there, that is a {@code
   * Callable<Integer>} returning the exit code; or an object of such a class, made at every start.
   * It throws {@link dev.wta.api.WtaException} for errors that the user can correct, and writes
   * text for people to standard error if JSON was requested. A class is made when its command is
   * called, and may ask for a {@code @Inject Provider<Screen>}.
   */
  Object command();
}
