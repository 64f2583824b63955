package dev.wta.cli.wiring;

import java.util.ArrayDeque;
import java.util.Deque;

/** What was opened for a job, to be closed in the opposite order. */
final class Resources implements AutoCloseable {
  /** Something to close whose closing throws nothing checked. */
  interface Closing {
    void close();
  }

  private final Deque<Closing> opened = new ArrayDeque<>();

  <T> T add(T resource, Closing closing) {
    opened.push(closing);
    return resource;
  }

  /** Closes all of it, whatever fails; the first failure is thrown, with the others attached. */
  @Override
  public void close() {
    RuntimeException first = null;
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (RuntimeException failed) {
        if (first == null) {
          first = failed;
        } else {
          first.addSuppressed(failed);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
