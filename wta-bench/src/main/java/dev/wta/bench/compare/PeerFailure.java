package dev.wta.bench.compare;

/** A peer's process failed; the message names it, the exit code, and the end of its output. */
final class PeerFailure extends RuntimeException {
  PeerFailure(String message) {
    super(message);
  }
}
