package dev.wta.api;

/**
 * An error that the user can correct: bad input, a missing file, a backend that cannot start. The
 * message says what and where, and the remedy what to do; together they are the one line that the
 * command prints before it exits with code 2.
 */
public class WtaException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String problem;
  private final String remedy;

  /**
   * @param problem what is wrong and where, without a full stop: {@code "train.arrow has no 'label'
   *     column"}
   * @param remedy what to do, as an imperative without a full stop: {@code "import it with
   *     --labels"}
   */
  public WtaException(String problem, String remedy) {
    this(problem, remedy, null);
  }

  public WtaException(String problem, String remedy, Throwable cause) {
    super(problem + "; " + remedy, cause);
    this.problem = problem;
    this.remedy = remedy;
  }

  public String problem() {
    return problem;
  }

  public String remedy() {
    return remedy;
  }
}
