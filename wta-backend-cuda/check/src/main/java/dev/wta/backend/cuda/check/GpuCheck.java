package dev.wta.backend.cuda.check;

import dev.wta.api.backend.Availability;
import dev.wta.api.backend.Backends;
import dev.wta.backend.cuda.binding.LibrarySearch;
import dev.wta.backend.cuda.binding.Nvrtc;
import dev.wta.backend.cuda.kernel.KernelImages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One part of the check, as a process of its own:
 *
 * <pre>
 * GpuCheck probe BACKEND            whether it can run here
 * GpuCheck contract BACKEND FILE    the backend contract
 * GpuCheck losses BACKEND FILE      the first losses of every model, beside the reference's
 * GpuCheck bench BACKEND FILE       steps a second
 * GpuCheck table FILE...            what the parts, and PyTorch's, wrote to their files
 * GpuCheck images FOLDER            compiles the kernels to PTX, by the oldest NVRTC that is here
 * </pre>
 *
 * Of the CUDA backend everything is asked twice, without and with CUDA graphs.
 *
 * <p>The exit status is 0 if all is well, 1 if something is wrong, and 2 if it could not be asked.
 */
public final class GpuCheck {
  /** What the backend with CUDA graphs is called, behind its name. */
  static final String GRAPHS = "+graphs";

  private static final String GRAPHS_PROPERTY = "wta.cuda.graphs";

  private GpuCheck() {}

  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments)));
  }

  static int run(List<String> arguments) {
    if (!arguments.isEmpty() && arguments.getFirst().equals("table")) {
      List<Results.Finding> findings =
          arguments.stream()
              .skip(1)
              .map(Path::of)
              .map(Results::read)
              .flatMap(List::stream)
              .toList();
      System.out.print(ResultTable.of(findings) + "\n");
      System.out.print(
          Rates.TRIAL ? "a trial: the goals are not judged\n" : new Targets(findings).text());
      return 0;
    }
    if (arguments.size() < 2) {
      System.err.println(
          "usage: GpuCheck probe|contract|losses|bench BACKEND [FILE] | table FILE... | images"
              + " FOLDER");
      return 2;
    }
    if (arguments.getFirst().equals("images")) {
      return compile(Path.of(arguments.get(1)));
    }
    String backend = arguments.get(1);
    if (!usable(backend)) {
      return 2;
    }
    if (arguments.getFirst().equals("probe")) {
      return 0;
    }
    Results results = new Results(Path.of(arguments.get(2)));
    boolean well = true;
    for (boolean graphs : backend.equals("cuda") ? List.of(false, true) : List.of(false)) {
      System.setProperty(GRAPHS_PROPERTY, graphs ? "on" : "off");
      well &= runPart(arguments.getFirst(), backend, backend + (graphs ? GRAPHS : ""), results);
    }
    return well ? 0 : 1;
  }

  private static int compile(Path folder) {
    LibrarySearch search = LibrarySearch.ofThisMachine();
    Optional<Nvrtc> compiler = Nvrtc.find(search, 12).or(() -> Nvrtc.find(search, 13));
    if (compiler.isEmpty()) {
      System.err.println("no NVRTC: " + Nvrtc.notFound(search, 13));
      return 2;
    }
    try {
      KernelImages.write(compiler.get(), folder);
    } catch (IOException unwritable) {
      System.err.println(unwritable);
      return 1;
    }
    int version = compiler.get().version();
    System.err.printf(
        "PTX of NVRTC %d.%d, for drivers of that CUDA version on (%s)%n",
        version / 1000, version % 1000 / 10, compiler.get().library().name());
    return 0;
  }

  /**
   * @param who what the findings are of
   */
  private static boolean runPart(String part, String backend, String who, Results results) {
    return switch (part) {
      case "contract" -> ContractRun.passes(backend, who, results);
      case "losses" -> FirstLosses.agree(backend, who, results);
      case "bench" -> Rates.measure(backend, who, results);
      default -> throw new IllegalArgumentException("no such part: " + part);
    };
  }

  private static boolean usable(String name) {
    for (Backends.Found found : Backends.probeAll()) {
      if (found.name().equals(name)) {
        return switch (found.probe()) {
          case Availability.Usable(int _, String device) -> {
            System.err.println(name + ": " + device);
            yield true;
          }
          case Availability.Unusable(String reason, String remedy) -> {
            System.err.println(name + " cannot run here: " + reason);
            System.err.println("remedy: " + remedy);
            yield false;
          }
        };
      }
    }
    System.err.println("there is no backend " + name);
    return false;
  }
}
