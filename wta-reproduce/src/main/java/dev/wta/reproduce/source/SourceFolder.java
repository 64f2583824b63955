package dev.wta.reproduce.source;

import dev.wta.api.WtaException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The folders where a data set's files may be: the folder that the user named, or one of that data
 * set in it.
 *
 * @param candidates the folders to look in, in this order
 */
public record SourceFolder(List<Path> candidates) {

  /**
   * @param folder what the user named
   * @param names of the data set's own folder in it
   */
  public static SourceFolder of(Path folder, String... names) {
    List<Path> candidates = new ArrayList<>();
    candidates.add(folder);
    for (String name : names) {
      candidates.add(folder.resolve(name));
    }
    return new SourceFolder(candidates);
  }

  /** The first of these files that there is, by name, in one of the folders. */
  public Optional<Path> find(String... names) {
    for (Path folder : candidates) {
      for (String name : names) {
        if (Files.exists(folder.resolve(name))) {
          return Optional.of(folder.resolve(name));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The same, and there has to be one.
   *
   * @param home where the file can be had
   * @throws WtaException if there is none
   */
  public Path require(String home, String... names) {
    return find(names)
        .orElseThrow(
            () ->
                new WtaException(
                    "there is no %s in %s".formatted(names[0], candidates.getFirst()),
                    "get it from %s, and give its folder with --data".formatted(home)));
  }
}
