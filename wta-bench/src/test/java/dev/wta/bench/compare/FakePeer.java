package dev.wta.bench.compare;

import dev.wta.workloads.EncodeWorkload;
import dev.wta.workloads.GemmWorkload;
import dev.wta.workloads.Peer;
import dev.wta.workloads.PeerProcess;
import dev.wta.workloads.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * A peer that multiplies nothing, does not encode, and breaks down at all else; a process of its
 * own as real peers are.
 */
public final class FakePeer implements Peer {
  public static final String VERSION = "Fake 1.0, no kernels";
  public static final String COMPLAINT = "the fake cannot do that";

  /** What a Python with three rows says, of which each does 4 products a second. */
  public static final String PYTHON =
      """
      case "$2 $3" in
        "rows "*) echo rows=dense,bags,bags-compiled ;;
        *" version") echo "version=a shell, $2" ;;
        *" time") [ "$4" = gemm ] && printf 'calls=10\\nseconds=2.5\\n' || echo absent=true ;;
      esac
      """;

  private FakePeer() {}

  public static void main(String... arguments) {
    PeerProcess.main(new FakePeer(), arguments);
  }

  @Override
  public String version() {
    return VERSION;
  }

  @Override
  public Optional<Call> open(Workload workload, int threads) {
    System.out.println("calls=a framework's own words");
    return switch (workload) {
      case GemmWorkload gemm -> Optional.of(new Sleep());
      case EncodeWorkload encode -> Optional.empty();
      default -> throw new IllegalStateException(COMPLAINT);
    };
  }

  private record Sleep() implements Call {
    @Override
    public void run() {
      try {
        Thread.sleep(1);
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public double result() {
      return 0;
    }

    @Override
    public void close() {}
  }

  /** Puts it into a folder of peers as a build would. */
  public static Path installIn(Path peers) {
    try {
      Path folder = Files.createDirectories(peers.resolve("fake"));
      Files.createDirectories(folder.resolve("target", "lib"));
      // The class path of this test takes the place of the jars: the last -cp of a command counts.
      Files.writeString(
          folder.resolve("java.args"),
          "-cp \"%s\" %s"
              .formatted(System.getProperty("java.class.path"), FakePeer.class.getName()));
      return folder;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** A program in the place of a Python that runs the peers' script: these lines of a shell. */
  public static Path python(Path folder, String lines) {
    try {
      Path program = Files.createTempFile(folder, "python", ".sh");
      Files.writeString(program, "#!/bin/sh\n" + lines + "\n");
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
      return program;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
