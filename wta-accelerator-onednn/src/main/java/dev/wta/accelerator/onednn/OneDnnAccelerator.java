package dev.wta.accelerator.onednn;

import dev.wta.backend.cpu.accelerator.Bf16Accelerator;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;

/** oneDNN, on Linux and processors with AVX512-BF16 or AMX-BF16. */
public final class OneDnnAccelerator implements Bf16Accelerator {

  /** What became of loading the library, once in a JVM. */
  private static final class Loaded {
    static final OneDnn LIBRARY;
    static final OneDnnConvolutions CONVOLUTIONS;
    static final String NAME;
    static final String OBSTACLE; // or null

    static {
      OneDnn library = null;
      OneDnnConvolutions convolutions = null;
      String name = "oneDNN";
      String obstacle = null;
      String platform = System.getProperty("os.name") + " " + System.getProperty("os.arch");
      if (platform.equals("Linux amd64")) {
        try {
          library = OneDnn.load(LibraryFiles.ofUser());
          convolutions = new OneDnnConvolutions(library);
          name = "oneDNN %s %s".formatted(library.version(), library.instructions()).strip();
          if (library.instructions().isEmpty()) {
            obstacle = "the processor has neither AVX512-BF16 nor AMX-BF16";
          }
        } catch (IOException | IllegalArgumentException | IllegalStateException failure) {
          obstacle = "its library does not load: " + failure.getMessage();
        }
      } else {
        obstacle = "it is for Linux on x86-64, and this is " + platform;
      }
      LIBRARY = library;
      CONVOLUTIONS = convolutions;
      NAME = name;
      OBSTACLE = obstacle;
    }

    private Loaded() {}
  }

  @Override
  public String name() {
    return Loaded.NAME;
  }

  @Override
  public Optional<String> obstacle() {
    return Optional.ofNullable(Loaded.OBSTACLE);
  }

  @Override
  public Product product(Shape shape) {
    return prepared(() -> new OneDnnProduct(Loaded.LIBRARY, shape));
  }

  @Override
  public Product convolution(Convolution shape) {
    return prepared(() -> new OneDnnConvolution(Loaded.LIBRARY, Loaded.CONVOLUTIONS, shape));
  }

  private static Product prepared(Supplier<Product> maker) {
    Product[] made = new Product[1];
    Loaded.LIBRARY.onOneThread(() -> made[0] = maker.get());
    return made[0];
  }
}
