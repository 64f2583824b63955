package dev.wta.bench.compare;

import dev.wta.api.WtaException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where the peers are: a folder {@code wta-peers} in a checkout, with a folder for each that holds
 * {@value #ARGUMENTS} and, once it is built, {@code target/lib}.
 */
public final class PeerFolder {
  /** Names the folder where it is not in the checkout that this class was built in. */
  static final String PROPERTY = "wta.peers";

  private static final String NAME = "wta-peers";
  private static final String ARGUMENTS = "java.args";
  private static final String BUILD = "./mvnw -Ppeers -DskipTests package";

  private PeerFolder() {}

  /**
   * The peers of this checkout.
   *
   * @throws WtaException if this is no checkout, or they are not built
   */
  public static List<PeerProgram> find() {
    Path folder =
        Optional.ofNullable(System.getProperty(PROPERTY))
            .map(Path::of)
            .or(PeerFolder::inCheckout)
            .orElseThrow(
                () ->
                    new WtaException(
                        "there are no other frameworks here to compare with",
                        "run bench in a checkout of wta's sources after " + BUILD));
    return in(folder);
  }

  /**
   * The peers in a folder, sorted by name.
   *
   * @throws WtaException if there are none, or some are not built
   */
  static List<PeerProgram> in(Path folder) {
    List<PeerProgram> peers = peers(folder);
    if (peers.isEmpty()) {
      throw new WtaException(
          "there is no peer in " + folder, "give a folder with folders that hold " + ARGUMENTS);
    }
    String missing =
        peers.stream()
            .filter(peer -> !Files.isDirectory(peer.library()))
            .map(PeerProgram::name)
            .collect(Collectors.joining(", "));
    if (!missing.isEmpty()) {
      throw new WtaException(
          "these other frameworks are not built: " + missing,
          "run %s in %s, which fetches them".formatted(BUILD, folder.toAbsolutePath().getParent()));
    }
    return peers;
  }

  private static List<PeerProgram> peers(Path folder) {
    try (Stream<Path> folders = Files.list(folder)) {
      return folders
          .filter(peer -> Files.exists(peer.resolve(ARGUMENTS)))
          .sorted()
          .map(
              peer ->
                  new PeerProgram(
                      peer.getFileName().toString(),
                      peer.resolve("target", "lib"),
                      peer.resolve(ARGUMENTS)))
          .toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** The nearest folder of that name beside any folder that this class lies in. */
  private static Optional<Path> inCheckout() {
    try {
      Path here =
          Path.of(PeerFolder.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      for (Path folder = here; folder != null; folder = folder.getParent()) {
        if (Files.isDirectory(folder.resolve(NAME))) {
          return Optional.of(folder.resolve(NAME));
        }
      }
      return Optional.empty();
    } catch (URISyntaxException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
