package dev.wta.bench;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Holds the packages to the map in docs/architecture.md: which packages there are, and which of its
 * own module each one imports. The modules' own order is Maven's to keep.
 */
class PackageMapTest {

  private static final String ROOT = "dev.wta.";
  private static final int MOST_FILES = 20;
  private static final Path MAP = Path.of("../docs/architecture.md");

  private static final String ACCELERATORS = "dev.wta.backend.cpu.accelerator";

  private static final List<String> MODULES =
      List.of(
          "wta-api",
          "wta-backend-cpu",
          "wta-accelerator-onednn",
          "wta-backend-cuda",
          "wta-backend-nd4j",
          "wta-data",
          "wta-models",
          "wta-eval",
          "wta-reproduce",
          "wta-spark",
          "wta-workloads",
          "wta-cli",
          "wta-bench");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("/jmh_generated/"))
          .importPaths(
              MODULES.stream().map(module -> Path.of("..", module, "target/classes")).toList());

  @Test
  void everyModuleIsLookedAt() {
    assertThat(MODULES)
        .allSatisfy(module -> assertThat(Path.of("..", module, "target/classes/dev")).exists());
  }

  @Test
  void packagesAndTheirImportsAreThoseOfTheMap() throws IOException {
    assertThat(lines(imports()))
        .as("the block of packages in docs/architecture.md")
        .isEqualTo(lines(map()));
  }

  @Test
  void packagesImportEachOtherInNoCircle() {
    slices().matching("dev.wta.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void packagesHoldFewFiles() {
    Map<String, Set<String>> files = new TreeMap<>();
    for (JavaClass type : CLASSES) {
      files
          .computeIfAbsent(type.getPackageName(), _ -> new TreeSet<>())
          .add(type.getSource().flatMap(source -> source.getFileName()).orElseThrow());
    }
    files.values().forEach(names -> names.remove("package-info.java"));
    assertThat(files)
        .isNotEmpty()
        .allSatisfy(
            (name, sources) -> assertThat(sources).as(name).hasSizeLessThanOrEqualTo(MOST_FILES));
  }

  @Test
  void everyPackageIsInOneModule() {
    Map<String, Set<String>> jars = new TreeMap<>();
    for (JavaClass type : CLASSES) {
      String place = type.getSource().orElseThrow().getUri().getPath();
      String jar = place.substring(0, place.indexOf("/target/"));
      jars.computeIfAbsent(type.getPackageName(), _ -> new TreeSet<>()).add(jar);
    }
    assertThat(jars).allSatisfy((name, places) -> assertThat(places).as(name).hasSize(1));
  }

  /** But for what accelerators of the CPU backend implement. */
  @Test
  void backendsAreReachedThroughTheirProviderOnly() {
    assertThat(CLASSES.stream().flatMap(type -> type.getDirectDependenciesFromSelf().stream()))
        .filteredOn(arrow -> module(arrow.getTargetClass().getPackageName()).startsWith("backend."))
        .filteredOn(arrow -> !arrow.getTargetClass().getPackageName().equals(ACCELERATORS))
        .isNotEmpty()
        .allSatisfy(
            arrow ->
                assertThat(module(arrow.getOriginClass().getPackageName()))
                    .as(arrow.getDescription())
                    .isEqualTo(module(arrow.getTargetClass().getPackageName())));
  }

  /** Each package with those of its own module that it imports. */
  private static Map<String, Set<String>> imports() {
    Map<String, Set<String>> arrows = new TreeMap<>();
    for (JavaClass type : CLASSES) {
      String from = type.getPackageName();
      Set<String> to = arrows.computeIfAbsent(from, _ -> new TreeSet<>());
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        String target = dependency.getTargetClass().getBaseComponentType().getPackageName();
        if (!target.equals(from) && module(target).equals(module(from))) {
          to.add(target);
        }
      }
    }
    return arrows;
  }

  /**
   * The same from the page. A line is a module's root package, or {@code .name what it holds :
   * .import .import}, where {@code .} alone is the root.
   */
  private static Map<String, Set<String>> map() throws IOException {
    Map<String, Set<String>> arrows = new TreeMap<>();
    String root = "";
    for (String line : block()) {
      if (line.startsWith(ROOT)) {
        root = line.strip();
      } else if (!line.isBlank()) {
        String[] sides = line.strip().split(" *: *", -1);
        Set<String> to = new TreeSet<>();
        for (String name : sides[1].isBlank() ? new String[0] : sides[1].split(" +")) {
          to.add(full(root, name));
        }
        arrows.put(full(root, sides[0].split(" ", 2)[0]), to);
      }
    }
    return arrows;
  }

  private static List<String> block() throws IOException {
    return Files.readAllLines(MAP).stream()
        .dropWhile(line -> !line.equals("<!-- packages: begin -->"))
        .skip(2)
        .takeWhile(line -> !line.equals("```"))
        .toList();
  }

  private static String full(String root, String name) {
    return name.equals(".") ? root : root + name;
  }

  /** A line a package, so that a failure shows what differs. */
  private static String lines(Map<String, Set<String>> arrows) {
    return arrows.entrySet().stream()
        .map(entry -> entry.getKey() + " : " + String.join(" ", entry.getValue()))
        .collect(Collectors.joining("\n"));
  }

  /** The Maven module that a package of ours belongs to, such as {@code backend.cpu}. */
  private static String module(String packageName) {
    if (!packageName.startsWith(ROOT)) {
      return packageName;
    }
    String[] words = packageName.substring(ROOT.length()).split("\\.");
    return words[0].equals("backend") ? words[0] + "." + words[1] : words[0];
  }
}
