package dev.wta.bench.compare;

/** A peer's process failed; the message says which and how, and ends with what it said last. */
final class PeerFailure extends RuntimeException {
  PeerFailure(String message) {
    super(message);
  }
}
