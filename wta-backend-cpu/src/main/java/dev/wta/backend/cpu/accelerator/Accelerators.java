package dev.wta.backend.cpu.accelerator;

import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The accelerators on the class path. */
public final class Accelerators {
  /** Set to {@code off}, accelerators are left alone: results are the same, later. */
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
