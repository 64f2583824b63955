package dev.wta.backend.cpu.accelerator;

import dev.wta.api.WtaException;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The accelerators on the class path. */
public final class Accelerators {
  /** Set to {@code off}, accelerators are not used: results are the same, but slower. */
  public static final String PROPERTY = "wta.accelerator";

  private Accelerators() {}

  private static List<Bf16Accelerator> all() {
    if (System.getProperty(PROPERTY, "").equals("off")) {
      return List.of();
    }
    return ServiceLoader.load(Bf16Accelerator.class).stream()
        .map(ServiceLoader.Provider::get)
        .toList();
  }

  /** The first that can run here. */
  public static Optional<Bf16Accelerator> usable() {
    return all().stream().filter(found -> found.obstacle().isEmpty()).findFirst();
  }

  /** The reason why there is none that rounds operands, and the remedy. */
  public static WtaException missing() {
    List<Bf16Accelerator> found = all();
    String reason =
        found.isEmpty()
            ? "no accelerator is on the class path"
            : found.stream()
                .map(each -> each.name() + ": " + each.obstacle().orElse("it runs"))
                .collect(Collectors.joining("; "));
    String remedy =
        found.isEmpty()
            ? "set WTA_ACCELERATORS=onednn in the environment of ./wta (in a program, add"
                + " wta-accelerator-onednn), on Linux and a processor with AVX512-BF16 or AMX-BF16,"
                + " or leave out 'precision'"
            : "leave out 'precision', or use a processor with AVX512-BF16 or AMX-BF16, on Linux";
    return new WtaException("backend 'cpu' has no products in bf16 here: " + reason, remedy);
  }

  /** What was found and whether it is used, to follow a device's name; empty without any. */
  public static String describe() {
    return all().stream()
        .map(
            found ->
                found
                    .obstacle()
                    .map(reason -> ", %s not used: %s".formatted(found.name(), reason))
                    .orElse(", winners by " + found.name()))
        .collect(Collectors.joining());
  }
}
