package dev.wta.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the pages to the code: a type or member that one of them names exists. */
class DocumentedNamesTest {

  private static final Path ROOT = Path.of("..");

  private static final Set<String> OTHER_PROJECTS =
      Set.of(
          "Array2D",
          "Array3D",
          "AutoEncoder",
          "AutoEncoderNew",
          "AutoEncoderTopK",
          "BatchTopKSAE",
          "DatasetDict",
          "FloatStorage",
          "GatedAutoEncoder",
          "JumpReluAutoEncoder",
          "MatryoshkaBatchTopKSAE",
          "NeuronpediaDashboardBatch",
          "OrderedDict",
          "SparkContext",
          "SparseAutoEncoder",
          "SparseCoder",
          "SparseEncoder",
          "SparseVector");

  private static final List<String> PACKAGES_OF_JAVA = List.of("java/lang/", "java/util/");

  /** A name of two humps or more, and perhaps a member, between backticks. */
  private static final Pattern NAME =
      Pattern.compile("`([A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+)(?:\\.([a-z]\\w*))?[^`\\n]*`");

  private static final Pattern DECLARATION =
      Pattern.compile("\\b(?:class|interface|record|enum)\\s+([A-Z]\\w*)");

  @Test
  void typesAndMembersOfThePagesExist() throws IOException {
    Map<String, String> sources = sources();
    Map<String, String> missing = new TreeMap<>();
    int known = 0;
    for (Path page : pages()) {
      Matcher name = NAME.matcher(Files.readString(page));
      while (name.find()) {
        if (exists(name.group(1), name.group(2), sources)) {
          known++;
        } else {
          missing.put(name.group(), page.toString());
        }
      }
    }
    assertThat(missing)
        .as(
            "names in pages that neither our code nor Java has; rename them, or if they are "
                + "another project's, add them to OTHER_PROJECTS")
        .isEmpty();
    assertThat(known).isGreaterThan(100);
  }

  private static boolean exists(String type, String member, Map<String, String> sources) {
    String source = sources.get(type);
    if (source == null) {
      return OTHER_PROJECTS.contains(type) || isOfJava(type);
    }
    return member == null || Pattern.compile("\\b" + member + "\\b").matcher(source).find();
  }

  private static boolean isOfJava(String type) {
    return PACKAGES_OF_JAVA.stream()
        .anyMatch(name -> Object.class.getResource("/" + name + type + ".class") != null);
  }

  /** The text of each file by the types that it declares, nested ones and generated ones too. */
  private static Map<String, String> sources() throws IOException {
    Map<String, String> sources = new HashMap<>();
    try (Stream<Path> modules = Files.list(ROOT)) {
      for (Path module : modules.toList()) {
        addSources(module.resolve("src"), sources);
        addSources(module.resolve("target/generated-sources"), sources);
      }
    }
    return sources;
  }

  private static void addSources(Path folder, Map<String, String> sources) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        String text = Files.readString(file);
        Matcher declaration = DECLARATION.matcher(text);
        while (declaration.find()) {
          sources.merge(declaration.group(1), text, String::concat);
        }
      }
    }
  }

  /** All pages but the changelog, which names types that are gone. */
  private static List<Path> pages() throws IOException {
    try (Stream<Path> below = Files.walk(ROOT.resolve("docs"));
        Stream<Path> above = Stream.of("README.md", "CONTRIBUTING.md").map(ROOT::resolve)) {
      return Stream.concat(below, above).filter(page -> page.toString().endsWith(".md")).toList();
    }
  }
}
