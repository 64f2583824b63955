package dev.wta.data.importer.image;

/** What was done to an image that its user may not expect. */
enum ImageRemark {
  TURNED("were turned or mirrored as their EXIF orientation says"),
  CONVERTED("are of inks (CMYK), and were converted to red, green and blue"),
  TRANSPARENT("are partly transparent: their colours are taken as if they were not"),
  SEVERAL("are of several images: the first is taken");

  private final String text;

  ImageRemark(String text) {
    this.text = text;
  }

  /** The predicate of a remark on some images: {@code are of ...}. */
  String text() {
    return text;
  }
}
