package dev.wta.api.backend;

import java.util.concurrent.atomic.AtomicReference;

/**
 * A lock that refuses a second thread: one thread at a time uses a backend. A thread that enters
 * while another is inside is refused and not made to wait: waiting would hide that results depend
 * on which thread entered first. Costs a few nanoseconds.
 */
final class OneThread implements Backend.Hold {
  private final String what;
  private final AtomicReference<Thread> holder = new AtomicReference<>();
  private int depth; // read and written by the holder alone

  /**
   * @param what is kept, for messages: {@code backend 'cpu'}
   */
  OneThread(String what) {
    this.what = what;
  }

  /** See {@link Backend#hold}. */
  OneThread hold() {
    Thread current = Thread.currentThread();
    if (!current.equals(holder.get())) {
      Thread other = holder.compareAndExchange(null, current);
      if (other != null) {
        throw new IllegalStateException(
            "thread '%s' uses %s while thread '%s' is using it; give each thread a backend and models of its own, or put one lock round all use of this one"
                .formatted(current.getName(), what, other.getName()));
      }
    }
    depth++;
    return this;
  }

  @Override
  public void close() {
    if (!Thread.currentThread().equals(holder.get())) {
      throw new IllegalStateException(
          "thread '%s' does not hold %s".formatted(Thread.currentThread().getName(), what));
    }
    if (--depth == 0) {
      holder.setRelease(null);
    }
  }
}
