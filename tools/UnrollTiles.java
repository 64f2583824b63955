import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes classes whose loops are unrolled, from templates and a table. The JIT keeps a vector in a
 * register only where it is a local variable of its own, so that a tile of 24 sums needs 24 of
 * them.
 *
 * <p>A template is Java in which a name that begins with {@code $} stands for a number. {@code
 * $rows} and the like are a column of the table. A loop over such a name, as in
 *
 * <pre>{@code
 * for (int $r = 0; $r < $rows; $r++) {
 *   FloatVector s$r = FloatVector.zero(FLOATS);
 * }
 * }</pre>
 *
 * is replaced by its body, once for each value: here {@code s0}, {@code s1} and so on, which stay
 * declared behind it. {@code $shape} is {@code $rows} and {@code $vectors}, such as 8x3.
 *
 * <p>Each line of {@code shapes.txt} names a template and makes a class of it; a class named after
 * the template, {@code GemmTiles} for {@code GemmTile}, lists one instance of each.
 *
 * <p>Arguments: the folder of the table, with the templates below it as their packages say, and the
 * folder to write to. Files that already are as they should be keep their time, so that nothing is
 * compiled anew; others that a former table made are deleted.
 */
final class UnrollTiles {
  private static final Pattern NAME = Pattern.compile("\\$([a-z]+)");
  private static final Pattern LOOP =
      Pattern.compile("( *)for \\(int \\$(\\w) = (\\d+); \\$\\2 < (\\d+); \\$\\2\\+\\+\\) \\{");

  private final Path target;
  private final List<Path> written = new ArrayList<>();

  private UnrollTiles(Path target) {
    this.target = target;
  }

  public static void main(String[] args) throws IOException {
    Path source = Path.of(args[0]);
    List<Map<String, String>> table = table(source.resolve("shapes.txt"));
    UnrollTiles tiles = new UnrollTiles(Path.of(args[1]));
    try (Stream<Path> files = Files.walk(source)) {
      for (Path template : files.filter(file -> file.toString().endsWith(".java")).toList()) {
        tiles.write(template, source.relativize(template.getParent()), table);
      }
    }
    tiles.deleteOthers();
  }

  /** The table's lines, as values by the names in its first line. */
  private static List<Map<String, String>> table(Path file) throws IOException {
    List<String[]> lines =
        Files.readAllLines(file).stream()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .map(line -> line.split(" +"))
            .toList();
    List<Map<String, String>> table = new ArrayList<>();
    for (String[] line : lines.subList(1, lines.size())) {
      Map<String, String> values = new LinkedHashMap<>();
      for (int i = 0; i < line.length; i++) {
        values.put(lines.getFirst()[i], line[i]);
      }
      values.put("shape", values.get("rows") + "x" + values.get("vectors"));
      table.add(values);
    }
    return table;
  }

  /** Writes a class for each of the template's shapes, and their list. */
  private void write(Path template, Path folder, List<Map<String, String>> table)
      throws IOException {
    String name = template.getFileName().toString().replace(".java", "");
    String note =
        "// Made by tools/UnrollTiles.java; change %s.java or shapes.txt.".formatted(name);
    List<String> lines = Files.readAllLines(template);
    List<String> made = new ArrayList<>();
    for (Map<String, String> shape : table) {
      if (shape.get("tile").equals(name)) {
        List<String> unrolled = new ArrayList<>(List.of(note));
        unroll(lines, shape, unrolled);
        made.add(name + shape.get("shape"));
        write(folder.resolve(made.getLast() + ".java"), unrolled);
      }
    }
    String list =
        """
        %s
        package %s;

        import java.util.List;

        /** Every shape of {@link %s}. */
        final class %4$s {
          static final List<%3$s> ALL =
              List.of(%5$s);

          private %4$s() {}
        }
        """
            .formatted(
                note,
                folder.toString().replace(folder.getFileSystem().getSeparator(), "."),
                name,
                name + "s",
                made.stream().map("new %s()"::formatted).collect(Collectors.joining(", ")));
    write(folder.resolve(name + "s.java"), list.lines().toList());
  }

  private void write(Path file, List<String> lines) throws IOException {
    Path path = target.resolve(file);
    Files.createDirectories(path.getParent());
    if (!Files.exists(path) || !Files.readAllLines(path).equals(lines)) {
      Files.write(path, lines);
    }
    written.add(path);
  }

  private void deleteOthers() throws IOException {
    try (Stream<Path> files = Files.walk(target)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!written.contains(file)) {
          Files.delete(file);
        }
      }
    }
  }

  private static void unroll(List<String> lines, Map<String, String> values, List<String> out) {
    for (int i = 0; i < lines.size(); i++) {
      String line = NAME.matcher(lines.get(i)).replaceAll(name -> value(name.group(), values));
      Matcher loop = LOOP.matcher(line);
      if (!loop.matches()) {
        out.add(line);
        continue;
      }
      int end = i + lines.subList(i, lines.size()).indexOf(loop.group(1) + "}");
      List<String> body =
          lines.subList(i + 1, end).stream()
              .map(inner -> inner.isEmpty() ? inner : inner.substring(2))
              .toList();
      Map<String, String> inner = new HashMap<>(values);
      for (int n = Integer.parseInt(loop.group(3)); n < Integer.parseInt(loop.group(4)); n++) {
        inner.put(loop.group(2), Integer.toString(n));
        unroll(body, inner, out);
      }
      i = end;
    }
  }

  /** The number that a name stands for; the name itself where a loop is about to give it one. */
  private static String value(String name, Map<String, String> values) {
    return Matcher.quoteReplacement(values.getOrDefault(name.substring(1), name));
  }
}
