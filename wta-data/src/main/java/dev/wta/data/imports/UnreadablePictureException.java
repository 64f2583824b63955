package dev.wta.data.imports;

/** A file that is no picture, is damaged, or is of a kind that is not read. */
final class UnreadablePictureException extends Exception {
  private static final long serialVersionUID = 1;

  UnreadablePictureException(String reason) {
    super(reason);
  }

  UnreadablePictureException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
