package dev.wta.bench.measure;

import java.util.concurrent.Semaphore;

/** The processes that this one starts: they are not to outlive it. */
public final class ChildProcesses {
  private final Semaphore going = new Semaphore(1);

  private ChildProcesses() {}

  /** From now on they are killed when this process ends, by Ctrl-C for instance. */
  public static ChildProcesses guarded() {
    ChildProcesses children = new ChildProcesses();
    Runtime.getRuntime().addShutdownHook(new Thread(children::end, "end-children"));
    return children;
  }

  private void end() {
    going.acquireUninterruptibly();
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
  }

  /** Never returns once this process is ending: a child that was killed then has not failed. */
  public void stayIfEnding() {
    going.acquireUninterruptibly();
    going.release();
  }
}
