package dev.wta.workloads;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a peer's {@code main} does. Lines on standard output are its answer:
 *
 * <pre>
 * version                                              version=...
 * time WORKLOAD THREADS WARM_UP_SECONDS SECONDS        calls=N, seconds=S
 * results WORKLOAD THREADS RUNS                        result=R for each run
 * </pre>
 *
 * <p>Warming up for 0 seconds is not to warm up; measuring for 0 seconds is one call. A workload
 * that the peer takes no part in is answered with {@code absent=true}. Whatever else a framework
 * prints goes to standard error.
 */
public final class PeerProcess {
  private PeerProcess() {}

  /** Answers the command line, and ends the process. */
  public static void main(Peer peer, String... arguments) {
    PrintStream answers = System.out;
    System.setOut(System.err);
    int status;
    try {
      run(peer, List.of(arguments), answers);
      status = 0;
    } catch (RuntimeException | Error failure) {
      failure.printStackTrace();
      status = 1;
    }
    answers.flush();
    // Frameworks leave threads behind that keep a process alive.
    System.exit(status);
  }

  private static void run(Peer peer, List<String> arguments, PrintStream answers) {
    if (arguments.equals(List.of("version"))) {
      answers.println("version=" + peer.version());
      return;
    }
    Workload workload =
        Workload.named(arguments.get(1))
            .orElseThrow(
                () -> new IllegalArgumentException("no workload is named " + arguments.get(1)));
    Optional<Peer.Call> opened = peer.open(workload, Integer.parseInt(arguments.get(2)));
    if (opened.isEmpty()) {
      answers.println("absent=true");
      return;
    }
    try (Peer.Call call = opened.get()) {
      switch (arguments.getFirst()) {
        case "time" -> {
          double warmUp = Double.parseDouble(arguments.get(3));
          if (warmUp > 0) {
            calls(call, warmUp);
          }
          Timing timing = calls(call, Double.parseDouble(arguments.get(4)));
          answers.println("calls=" + timing.calls);
          answers.println(String.format(Locale.ROOT, "seconds=%.9f", timing.seconds));
        }
        case "results" -> {
          for (int i = 0; i < Integer.parseInt(arguments.get(3)); i++) {
            call.run();
            answers.println("result=" + call.result());
          }
        }
        default ->
            throw new IllegalArgumentException(
                "a peer does not understand " + arguments.getFirst());
      }
    }
  }

  private record Timing(long calls, double seconds) {}

  /** Calls for that long, once at least. */
  private static Timing calls(Peer.Call call, double seconds) {
    long start = System.nanoTime();
    long calls = 0;
    double elapsed;
    do {
      call.run();
      calls++;
      elapsed = (System.nanoTime() - start) / 1e9;
    } while (elapsed < seconds);
    return new Timing(calls, elapsed);
  }
}
