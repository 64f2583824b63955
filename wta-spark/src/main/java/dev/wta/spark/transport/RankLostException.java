package dev.wta.spark.transport;

import dev.wta.api.WtaException;

/**
 * The ranks cannot continue together. Every rank that ends throws the same message, which names the
 * rank that ended first and, where that rank could still send it, its reason: each rank that
 * receives it passes it on.
 */
public final class RankLostException extends WtaException {
  private static final long serialVersionUID = 1;

  RankLostException(String problem, String remedy, Throwable cause) {
    super(problem, remedy, cause);
  }
}
