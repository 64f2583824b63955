package dev.wta.data.arrow;

/** Some bytes of a file. */
record FileExtent(long offset, long length) {
  /** The byte after them. */
  long end() {
    return offset + length;
  }

  /**
   * Whether {@code length} bytes from {@code offset}, both counted from the start of these, are
   * among them.
   */
  boolean holds(long offset, long length) {
    return offset >= 0 && length >= 0 && offset <= this.length && length <= this.length - offset;
  }
}
