package dev.wta.bench;

import dev.wta.cli.CommandProvider;

/** Adds {@code wta bench}. */
public final class BenchCommandProvider implements CommandProvider {
  @Override
  public Object command() {
    return BenchCommand.class;
  }
}
