package dev.wta.reproduce;

/**
 * Provides a table; named in {@code META-INF/services/dev.wta.reproduce.TableProvider}, so a user's
 * jar can add one.
 */
@FunctionalInterface
public interface TableProvider {
  PaperTable table();
}
