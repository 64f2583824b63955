package dev.wta.data;

import java.net.URISyntaxException;
import java.nio.file.Path;

/** Small inputs after situations that people reported of similar software. */
public final class Cases {
  private Cases() {}

  /** One of them. */
  public static Path path(String name) {
    try {
      return Path.of(Cases.class.getResource("cases/" + name).toURI());
    } catch (URISyntaxException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
