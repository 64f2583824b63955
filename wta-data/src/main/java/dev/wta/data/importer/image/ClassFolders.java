package dev.wta.data.importer.image;

import dev.wta.api.WtaException;
import dev.wta.data.arrow.ArrowDataset;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What the sub-folders that images are in say of their classes. */
final class ClassFolders {
  private static final Pattern NUMBER = Pattern.compile("[0-9]+");

  private final List<String> names;
  private final Map<String, Integer> numbers = new HashMap<>();

  private ClassFolders(List<String> names) {
    this.names = names;
    for (int i = 0; i < names.size(); i++) {
      numbers.put(names.get(i), i);
    }
  }

  /**
   * Numbers the folders that images are in.
   *
   * @param source what the images are from, for messages
   * @param pictures their paths
   * @param classesOf an Arrow file whose numbers are to be used; if empty the folders are numbered
   *     from 0, sorted by name, or as numbers if all their names are numbers
   * @return the classes, or empty if the images are in no sub-folders
   * @throws WtaException if some are in sub-folders and others are not, or not directly, or in one
   *     that the Arrow file has no class for
   */
  static Optional<ClassFolders> of(Path source, List<String> pictures, Optional<Path> classesOf) {
    int flat = 0;
    for (String picture : pictures) {
      int depth = (int) picture.chars().filter(character -> character == '/').count();
      if (depth > 1) {
        throw new WtaException(
            "images of %s are deeper than in folders of a class each: %s"
                .formatted(source, picture),
            "give the folder of the classes, as in --under %s, or take all with --no-labels"
                .formatted(picture.substring(0, picture.indexOf('/'))));
      }
      flat += depth == 0 ? 1 : 0;
    }
    if (flat == pictures.size()) {
      return Optional.empty();
    }
    if (flat > 0) {
      throw new WtaException(
          "%d images of %s are in sub-folders, %d are not"
              .formatted(pictures.size() - flat, source, flat),
          "give the folder of one kind with --under, or take all with --no-labels");
    }
    List<String> found = sorted(pictures.stream().map(ClassFolders::folder).distinct().toList());
    ClassFolders classes = new ClassFolders(classesOf.map(ClassFolders::namesOf).orElse(found));
    for (String folder : found) {
      if (!classes.numbers.containsKey(folder)) {
        throw new WtaException(
            "%s has no class '%s', which %s has".formatted(classesOf.orElseThrow(), folder, source),
            "give the folders the names that the classes have there");
      }
    }
    return Optional.of(classes);
  }

  private static List<String> sorted(List<String> folders) {
    boolean numbers = folders.stream().allMatch(name -> NUMBER.matcher(name).matches());
    return folders.stream()
        .sorted(
            numbers
                ? Comparator.<String, BigInteger>comparing(BigInteger::new)
                    .thenComparing(Comparator.naturalOrder())
                : Comparator.naturalOrder())
        .toList();
  }

  private static String folder(String picture) {
    return picture.substring(0, picture.indexOf('/'));
  }

  /** The names, each at its class's place. */
  List<String> names() {
    return names;
  }

  /** The class of an image, by its path. */
  int label(String picture) {
    return numbers.get(folder(picture));
  }

  /** What a reader of the labels may not expect of the numbers; empty if there is nothing. */
  Optional<String> surprise() {
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      if (NUMBER.matcher(name).matches() && !new BigInteger(name).equals(BigInteger.valueOf(i))) {
        return Optional.of(
            "the class of folder '%s' has the number %d: classes are numbered from 0"
                .formatted(name, i));
      }
    }
    return Optional.empty();
  }

  private static List<String> namesOf(Path file) {
    try (ArrowDataset data = ArrowDataset.open(file)) {
      return data.classNames()
          .orElseThrow(
              () ->
                  new WtaException(
                      file + " does not name its classes",
                      "give an Arrow file of 'wta import folder'"));
    }
  }
}
