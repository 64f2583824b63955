package dev.wta.bench.compare;

import dev.wta.api.WtaException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where the peers are: a folder {@code wta-peers} in a checkout. Each peer in Java has a folder
 * there with {@value #ARGUMENTS} (JVM options and then the main class, as the java command's
 * argument files) and, once it is built, {@code target/lib}. Python's PyTorch is the script {@value
 * #SCRIPT}, each of whose rows is a peer.
 */
public final class PeerFolder {
  /** Names the folder where it is not in the checkout that this class was built in. */
  static final String PROPERTY = "wta.peers";

  private static final String NAME = "wta-peers";
  private static final String ARGUMENTS = "java.args";
  private static final String SCRIPT = "python/peer.py";
  private static final String PYTHON = "python";
  private static final String BUILD = "./mvnw -Ppeers -DskipTests package";

  private final Path folder;

  PeerFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * That of this checkout.
   *
   * @throws WtaException if this is no checkout
   */
  public static PeerFolder find() {
    return Optional.ofNullable(System.getProperty(PROPERTY))
        .map(Path::of)
        .or(PeerFolder::inCheckout)
        .map(PeerFolder::new)
        .orElseThrow(
            () ->
                new WtaException(
                    "there are no other frameworks here to compare with",
                    "run bench in a checkout of wta's sources after " + BUILD));
  }

  /**
   * The peers of these names. A name that no peer has means all that begin with it and a hyphen.
   *
   * @param names empty for all
   * @param python the interpreter whose PyTorch takes part; empty for none
   * @throws WtaException if there is none of a name, some are not built, or the interpreter cannot
   *     run them
   */
  public List<PeerProgram> peers(List<String> names, Optional<Path> python) {
    List<PeerProgram> known = new ArrayList<>(inJava());
    if (python.isPresent() && (names.isEmpty() || names.stream().anyMatch(PeerFolder::isPython))) {
      known.addAll(inPython(python.get()));
    }
    if (known.isEmpty()) {
      throw new WtaException(
          "there is no peer in " + folder, "give a folder with folders that hold " + ARGUMENTS);
    }
    List<PeerProgram> chosen = names.isEmpty() ? known : new ArrayList<>();
    for (String name : names) {
      List<PeerProgram> meant = meant(known, name);
      if (meant.isEmpty()) {
        throw isPython(name) && python.isEmpty()
            ? new WtaException(
                "there is no Python to run '%s' on".formatted(name),
                "name one that has PyTorch with --python or WTA_PYTHON")
            : new WtaException(
                "there is no peer '%s'".formatted(name),
                "choose from "
                    + known.stream().map(PeerProgram::name).collect(Collectors.joining(", ")));
      }
      chosen.addAll(meant);
    }
    requireBuilt(chosen);
    return chosen.stream().distinct().toList();
  }

  private static List<PeerProgram> meant(List<PeerProgram> known, String name) {
    List<PeerProgram> exactly = known.stream().filter(peer -> peer.name().equals(name)).toList();
    return exactly.isEmpty()
        ? known.stream().filter(peer -> peer.name().startsWith(name + "-")).toList()
        : exactly;
  }

  private static boolean isPython(String name) {
    return name.equals(PYTHON) || name.startsWith(PYTHON + "-");
  }

  private void requireBuilt(List<PeerProgram> chosen) {
    String missing =
        chosen.stream()
            .map(PeerProgram::name)
            .filter(name -> !isPython(name) && !Files.isDirectory(library(folder.resolve(name))))
            .collect(Collectors.joining(", "));
    if (!missing.isEmpty()) {
      throw new WtaException(
          "these other frameworks are not built: " + missing,
          "run %s in %s, which fetches them".formatted(BUILD, folder.toAbsolutePath().getParent()));
    }
  }

  private static Path library(Path peer) {
    return peer.resolve("target", "lib");
  }

  private List<PeerProgram> inJava() {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    try (Stream<Path> folders = Files.list(folder)) {
      return folders
          .filter(peer -> Files.exists(peer.resolve(ARGUMENTS)))
          .sorted()
          .map(
              peer ->
                  new PeerProgram(
                      peer.getFileName().toString(),
                      List.of(
                          java,
                          "-cp",
                          library(peer).resolve("*").toString(),
                          "@" + peer.resolve(ARGUMENTS))))
          .toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private List<PeerProgram> inPython(Path interpreter) {
    List<String> script = List.of(interpreter.toString(), folder.resolve(SCRIPT).toString());
    String rows;
    try {
      rows = new PeerProgram(PYTHON, script).run("rows").get("rows").getLast();
    } catch (PeerFailure | UncheckedIOException failure) {
      throw new WtaException(
          "%s cannot run PyTorch: %s".formatted(interpreter, failure.getMessage()),
          "give --python (or WTA_PYTHON) a Python in which 'import torch' works",
          failure);
    }
    return Stream.of(rows.split(",", -1))
        .map(
            row ->
                new PeerProgram(
                    PYTHON + "-" + row, Stream.concat(script.stream(), Stream.of(row)).toList()))
        .toList();
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
