package dev.wta.api;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The version of this build, for files that say what wrote them. */
public final class WtaVersion {
  private WtaVersion() {}

  /** Such as {@code 0.1.0}, as Maven filtered it into the jar. */
  public static String current() {
    try (InputStream resource = WtaVersion.class.getResourceAsStream("version.properties")) {
      Properties properties = new Properties();
      properties.load(resource);
      return properties.getProperty("version");
    } catch (IOException broken) {
      throw new IllegalStateException("the jar's version.properties cannot be read", broken);
    }
  }
}
