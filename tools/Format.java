import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * Checks the layout of every Java source below the working directory, or mends it, with the
 * google-java-format found on the class path. The build runs this file as it is, with the JDK that
 * compiles the project: the formatter reads a source with the parser of the JDK it runs in, and the
 * JDK that Maven runs in may be too old for the language used here.
 *
 * <p>Argument: {@code check} or {@code fix}.
 */
final class Format {

  private Format() {}

  public static void main(String[] args) throws IOException {
    boolean check = args.length == 1 && args[0].equals("check");
    if (!check && !(args.length == 1 && args[0].equals("fix"))) {
      System.err.println("usage: Format check|fix");
      System.exit(2);
    }
    var formatter = ToolProvider.findFirst("google-java-format").orElseThrow();
    var sources = sources(Path.of("")).stream();
    var options = check ? Stream.of("--dry-run", "--set-exit-if-changed") : Stream.of("--replace");
    var out = new StringWriter();
    int status =
        formatter.run(
            new PrintWriter(out),
            new PrintWriter(System.err, true),
            Stream.concat(options, sources).toArray(String[]::new));
    if (check && !out.toString().isEmpty()) {
      System.err.println("These sources are not laid out as the formatter would:");
      out.toString().lines().sorted().forEach(source -> System.err.println("  " + source));
      System.err.println("To mend them: ./mvnw -q -Pformat");
    }
    System.exit(status);
  }

  /**
   * The Java files of the project in a fixed order; what a build made and what is hidden stay out.
   */
  private static List<String> sources(Path root) throws IOException {
    var found = new ArrayList<String>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name = folder.getFileName().toString();
            return name.equals("target") || name.startsWith(".")
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              found.add(file.toString());
            }
            return FileVisitResult.CONTINUE;
          }
        });
    found.sort(null);
    return found;
  }
}
