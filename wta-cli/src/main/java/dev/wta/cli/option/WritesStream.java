package dev.wta.cli.option;

/** A command whose {@code --out -} is standard output; to others {@code -} is refused. */
public interface WritesStream {}
