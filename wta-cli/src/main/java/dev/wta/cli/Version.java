package dev.wta.cli;

import dev.wta.api.WtaVersion;
import picocli.CommandLine.IVersionProvider;

/** The version of this build and of the Java it runs on. */
public final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {
      "wta " + WtaVersion.current(),
      "Java %s (%s)".formatted(Runtime.version(), System.getProperty("java.vendor")),
      "%s %s".formatted(System.getProperty("os.name"), System.getProperty("os.arch"))
    };
  }
}
