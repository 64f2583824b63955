package dev.wta.backend.cpu.screen;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether screening one batch still pays. It is given up where the bound does not hold, or excludes
 * so little that computing the rest exactly would take longer than the product.
 */
final class Effort {
  private final AtomicLong left;

  /**
   * @param activations that may be computed exactly
   */
  Effort(long activations) {
    left = new AtomicLong(activations);
  }

  /** Whether screening continues. */
  boolean continues() {
    return left.get() >= 0;
  }

  /** Gives up unless {@code holds}; returns whether screening continues. */
  boolean require(boolean holds) {
    if (!holds) {
      left.set(Long.MIN_VALUE / 2);
    }
    return continues();
  }

  /** Takes some activations off what is left; returns whether screening continues. */
  boolean spend(long activations) {
    return left.addAndGet(-activations) >= 0;
  }
}
