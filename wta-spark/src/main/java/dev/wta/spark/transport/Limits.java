package dev.wta.spark.transport;

import java.io.Serializable;
import java.time.Duration;

/**
 * The limits of a transport.
 *
 * @param message bytes of one rank's part at most; a larger one ends the exchange on both sides
 * @param connect how long peers may take to connect and to prove the secret
 * @param silence how long a peer may send nothing, not even the heartbeat that idle peers send
 */
public record Limits(int message, Duration connect, Duration silence) implements Serializable {
  public Limits {
    if (message < 1 || connect.toMillis() < 1 || silence.toMillis() < 1) {
      throw new IllegalArgumentException(
          "no such limits: %d bytes, %s, %s".formatted(message, connect, silence));
    }
  }
}
