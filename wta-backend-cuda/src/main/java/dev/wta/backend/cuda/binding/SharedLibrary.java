package dev.wta.backend.cuda.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A loaded shared library. It stays loaded as long as the JVM lives. */
@SuppressWarnings("restricted") // calling native code is what this is for
public final class SharedLibrary {
  private static final Linker LINKER = Linker.nativeLinker();

  private final String name;
  private final SymbolLookup symbols;

  private SharedLibrary(String name, SymbolLookup symbols) {
    this.name = name;
    this.symbols = symbols;
  }

  /** The first of {@code names} that loads, each looked for everywhere before the next. */
  static Optional<SharedLibrary> find(LibrarySearch search, List<String> names) {
    for (String name : names) {
      if (search.system()) {
        Optional<SharedLibrary> found = load(name);
        if (found.isPresent()) {
          return found;
        }
      }
      for (Path folder : search.folders()) {
        Path file = folder.resolve(name);
        if (Files.isRegularFile(file)) {
          Optional<SharedLibrary> found = load(file.toString());
          if (found.isPresent()) {
            return found;
          }
        }
      }
    }
    return Optional.empty();
  }

  /** Where the library was found: its path, or the name by which the system's loader knows it. */
  public String name() {
    return name;
  }

  /**
   * Loads what lies beside this library under a name of that form; nothing if its place is unknown.
   */
  void loadNeighbours(String glob) {
    Path folder = Path.of(name).getParent();
    if (folder != null) {
      LibrarySearch.matches(folder, glob).forEach(neighbour -> load(neighbour.toString()));
    }
  }

  /**
   * A function that answers a status.
   *
   * @throws UnsatisfiedLinkError if the library has no such function
   */
  MethodHandle statusFunction(String function, MemoryLayout... parameters) {
    return function(function, FunctionDescriptor.of(ValueLayout.JAVA_INT, parameters));
  }

  MethodHandle function(String function, FunctionDescriptor type) {
    return LINKER.downcallHandle(
        symbols
            .find(function)
            .orElseThrow(() -> new UnsatisfiedLinkError(name + " has no function " + function)),
        type);
  }

  private static Optional<SharedLibrary> load(String name) {
    try {
      SymbolLookup symbols =
          name.indexOf('/') >= 0 || name.indexOf('\\') >= 0
              ? SymbolLookup.libraryLookup(Path.of(name), Arena.global())
              : SymbolLookup.libraryLookup(name, Arena.global());
      return Optional.of(new SharedLibrary(name, symbols));
    } catch (IllegalArgumentException notThere) { // or of another architecture: look on
      return Optional.empty();
    }
  }
}
