package dev.wta.reproduce;

import dev.wta.api.Spelling;
import dev.wta.api.WtaException;
import java.util.List;
import java.util.ServiceLoader;

/** Finds the tables on the class path. */
public final class PaperTables {
  private PaperTables() {}

  public static List<PaperTable> all() {
    return ServiceLoader.load(TableProvider.class).stream()
        .map(provider -> provider.get().table())
        .toList();
  }

  /**
   * The table of that name.
   *
   * @throws WtaException if there is none
   */
  public static PaperTable named(String name) {
    List<PaperTable> all = all();
    return all.stream()
        .filter(table -> table.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> {
              List<String> names = all.stream().map(PaperTable::name).toList();
              return new WtaException(
                  "there is no table '%s'".formatted(name),
                  Spelling.nearest(name, names)
                      .map("did you mean '%s'?"::formatted)
                      .orElse("choose one of " + String.join(", ", names)));
            });
  }
}
