package dev.wta.cli.output;

import dev.wta.api.VisibleText;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;

/** Writes text as {@link VisibleText}; in JSON its escapes are JSON's own. */
final class VisibleWriter extends FilterWriter {
  VisibleWriter(Writer target) {
    super(target);
  }

  @Override
  public void write(int c) throws IOException {
    write(String.valueOf((char) c), 0, 1);
  }

  @Override
  public void write(char[] text, int offset, int count) throws IOException {
    write(new String(text, offset, count), 0, count);
  }

  @Override
  public void write(String text, int offset, int count) throws IOException {
    out.write(VisibleText.of(text.substring(offset, offset + count)));
  }
}
