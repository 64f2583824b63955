package dev.wta.cli.importing;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A width and a height as options take them: {@code 48x48}. */
record ImageSize(int width, int height) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,5})[xX](\\d{1,5})");

  /** Reads one. */
  static final class Converter implements ITypeConverter<ImageSize> {
    @Override
    public ImageSize convert(String text) {
      Matcher form = FORM.matcher(text);
      if (!form.matches()) {
        throw new TypeConversionException(
            "'%s' is no width and height such as 48x48".formatted(text));
      }
      return new ImageSize(Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2)));
    }
  }
}
