package dev.wta.bench;

import java.util.concurrent.Semaphore;

/** The processes that this one starts: they are not to outlive it. */
final class Children {
  private final Semaphore going = new Semaphore(1);

  private Children() {}

  /** From now on they are killed when this process ends, by Ctrl-C for instance. */
  static Children guarded() {
    Children children = new Children();
    Runtime.getRuntime().addShutdownHook(new Thread(children::end, "end-children"));
    return children;
  }

  private void end() {
    going.acquireUninterruptibly();
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
  }

  /** Never returns once this process is ending: a child that was killed then has not failed. */
  void stayIfEnding() {
    going.acquireUninterruptibly();
    going.release();
  }
}
