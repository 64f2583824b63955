package dev.wta.models.io;

import dev.wta.api.WtaException;
import java.io.IOException;
import java.nio.file.Path;

/** Turns file-system errors into exceptions with a remedy. */
public final class WriteFailures {
  private WriteFailures() {}

  public static WtaException reading(Path file, IOException cause) {
    return new WtaException(
        "cannot read %s: %s".formatted(file, reason(cause)),
        "check that it is there and readable",
        cause);
  }

  public static WtaException writing(Path file, IOException cause) {
    return new WtaException(
        "cannot write %s: %s".formatted(file, reason(cause)),
        "check the folder's permissions and the space on its disk",
        cause);
  }

  private static String reason(IOException cause) {
    String kind = cause.getClass().getSimpleName();
    return cause.getMessage() == null ? kind : kind + " " + cause.getMessage();
  }
}
