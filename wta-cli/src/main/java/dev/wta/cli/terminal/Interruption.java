package dev.wta.cli.terminal;

import java.util.concurrent.CountDownLatch;

/**
 * Ctrl-C, and any other polite request to end: asks the work to stop, and keeps the process alive
 * until it has. The process then ends with the signal's exit code, 130 for Ctrl-C.
 */
public final class Interruption implements AutoCloseable {
  private final CountDownLatch done = new CountDownLatch(1);

  private Interruption() {}

  /**
   * From now until {@link #close}, a request to end runs {@code requestStop} and then waits. What
   * people read about the stop is printed before {@code close}: the process ends right after it.
   */
  public static Interruption asking(Runnable requestStop) {
    Interruption interruption = new Interruption();
    Thread hook = new Thread(() -> interruption.stop(requestStop), "stop-and-save");
    Runtime.getRuntime().addShutdownHook(hook); // also runs at an ordinary end, and finds all done
    return interruption;
  }

  /** The work is over, and its result has been printed. */
  @Override
  public void close() {
    done.countDown();
  }

  private void stop(Runnable requestStop) {
    if (done.getCount() == 0) {
      return;
    }
    requestStop.run();
    try {
      done.await();
    } catch (InterruptedException giveUp) {
      Thread.currentThread().interrupt();
    }
  }
}
