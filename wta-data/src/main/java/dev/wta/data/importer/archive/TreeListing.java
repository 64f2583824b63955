package dev.wta.data.importer.archive;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What a {@link FileTree} met: the files that were wanted and where they are, its folders, and what
 * was passed over. Hidden files, and what macOS adds to archives, are not listed at all.
 *
 * @param <T> the place of a file
 */
public final class TreeListing<T> {
  private static final int MOST_KINDS = 5;

  private final Predicate<String> wanted;
  private final SortedMap<String, T> files = new TreeMap<>();
  private final SortedSet<String> folders = new TreeSet<>();
  private final Map<String, Integer> passedOver = new HashMap<>();

  TreeListing(Predicate<String> wanted) {
    this.wanted = wanted;
  }

  /** Lists a folder, which may be empty. */
  void folder(String path) {
    String plain = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    if (!plain.isEmpty() && !hidden(plain)) {
      folders.add(plain);
    }
  }

  /** Whether a file is wanted; one that is not is counted by the ending of its name. */
  boolean wants(String name) {
    if (hidden(name)) {
      return false;
    }
    if (name.contains("/")) {
      folder(name.substring(0, name.lastIndexOf('/')));
    }
    if (wanted.test(name)) {
      return true;
    }
    String file = name.substring(name.lastIndexOf('/') + 1);
    int dot = file.lastIndexOf('.');
    passOver(dot < 0 ? "without an ending" : file.substring(dot).toLowerCase(Locale.ROOT));
    return false;
  }

  /** Counts a file that was wanted by its name and is nothing that can be read. */
  void passOver(String kind) {
    passedOver.merge(kind, 1, Integer::sum);
  }

  /**
   * Lists a file that is wanted.
   *
   * @return where the listing had a file of that name before; null if it had none
   */
  T put(String name, T place) {
    return files.put(name, place);
  }

  /** The place of a file; null if there is none of that name. */
  T place(String name) {
    return files.get(name);
  }

  /** The files that were wanted, in ascending order of their characters. */
  public List<String> names() {
    return List.copyOf(files.keySet());
  }

  /** The folders, those of files and empty ones, without a slash at their ends. */
  public SortedSet<String> folders() {
    return folders;
  }

  /** How many files were passed over. */
  public int passedOver() {
    return passedOver.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** What was passed over, the most frequent kinds first: {@code 7 .webp, 1 .txt}. */
  public String kindsPassedOver() {
    String kinds =
        passedOver.entrySet().stream()
            .sorted(
                Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(MOST_KINDS)
            .map(kind -> "%,d %s".formatted(kind.getValue(), kind.getKey()))
            .collect(Collectors.joining(", "));
    return passedOver.size() > MOST_KINDS ? kinds + ", ..." : kinds;
  }

  private static boolean hidden(String name) {
    return Arrays.stream(name.split("/"))
        .anyMatch(part -> part.startsWith(".") || part.equals("__MACOSX"));
  }
}
