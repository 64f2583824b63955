package dev.wta.data.importer.image;

/** A file that is no image, is damaged, or is of a kind that is not read. */
final class UnreadableImageException extends Exception {
  private static final long serialVersionUID = 1;

  UnreadableImageException(String reason) {
    super(reason);
  }

  UnreadableImageException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
