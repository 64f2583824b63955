package dev.wta.spark.transport;

import dev.wta.api.WtaException;

/**
 * The ranks cannot go on together. Every rank that ends throws the same sentence, which names the
 * rank that ended first and, where that rank could still say it, its reason: whoever hears of it
 * passes it on.
 */
public final class RankLostException extends WtaException {
  private static final long serialVersionUID = 1;

  RankLostException(String problem, String remedy, Throwable cause) {
    super(problem, remedy, cause);
  }
}
