package dev.wta.cli.option;

import java.util.List;

/** A command whose {@code --out} is a folder that it writes files of fixed names into. */
public interface WritesInto {
  /** Whether this command line has such a folder. */
  default boolean writesFolder() {
    return true;
  }

  /** The names of the files. */
  List<String> fileNames();
}
