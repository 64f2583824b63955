import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Compares the tables in {@code THIRD-PARTY.md} with the jars that a distribution holds, so that no
 * jar is distributed without its licence being named.
 *
 * <p>Argument: the folder of the distribution.
 */
final class CheckThirdParty {
  private static final Pattern ROW = Pattern.compile("\\| ([^|]+) \\| [^|]+ \\| https://[^|]+ \\|");

  private CheckThirdParty() {}

  public static void main(String[] args) throws IOException {
    Path distribution = Path.of(args[0]);
    boolean same =
        check(distribution.resolve("lib"), distribution.resolve("THIRD-PARTY.md"))
            & check(distribution.resolve("bench"), distribution.resolve("bench/THIRD-PARTY.md"));
    System.exit(same ? 0 : 1);
  }

  private static boolean check(Path jars, Path table) throws IOException {
    TreeSet<String> unlisted = jars(jars);
    TreeSet<String> absent = rows(table);
    TreeSet<String> listed = new TreeSet<>(absent);
    absent.removeAll(unlisted);
    unlisted.removeAll(listed);
    unlisted.forEach(name -> System.err.printf("%s: add a row for %s%n", table, name));
    absent.forEach(name -> System.err.printf("%s: %s is not in %s%n", table, name, jars));
    return unlisted.isEmpty() && absent.isEmpty();
  }

  /** Other people's jars, without their versions. */
  private static TreeSet<String> jars(Path folder) throws IOException {
    TreeSet<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.list(folder)) {
      files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".jar") && !name.startsWith("wta-"))
          .map(name -> name.replaceFirst("-\\d.*$", ""))
          .forEach(names::add);
    }
    return names;
  }

  private static TreeSet<String> rows(Path table) throws IOException {
    TreeSet<String> names = new TreeSet<>();
    try (Stream<String> lines = Files.lines(table)) {
      lines
          .map(ROW::matcher)
          .filter(row -> row.matches())
          .map(row -> row.group(1))
          .forEach(names::add);
    }
    return names;
  }
}
