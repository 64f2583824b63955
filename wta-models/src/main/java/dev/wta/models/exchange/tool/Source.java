package dev.wta.models.exchange.tool;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where a model is from, for a run's configuration. */
final class Source {
  private Source() {}

  /** {@code format, architecture, path}. */
  static Map<String, Object> of(String format, String architecture, Path path) {
    Map<String, Object> source = new LinkedHashMap<>();
    source.put("format", format);
    source.put("architecture", architecture);
    source.put("path", path.toString());
    return source;
  }
}
