package dev.wta.data.array;

import dev.wta.data.io.NumberType;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a row of two axes is: one sample, or a sequence of them. */
public enum Rows {
  /** Sequences where rows have two axes of floats and are not called pictures. */
  AUTO,
  /** Each row is one sample. */
  SAMPLE,
  /** Each row is a sequence of samples: {@code (context, width)} are context samples of width. */
  SEQUENCE;

  private static final Logger log = LoggerFactory.getLogger(Rows.class);

  /**
   * Whether rows are sequences.
   *
   * @param axes of a row
   * @param picture whether it is bytes, or is named as pictures are
   */
  public boolean sequences(String name, int axes, boolean picture) {
    boolean sequences = this == SEQUENCE ? axes >= 2 : this == AUTO && axes == 2 && !picture;
    if (sequences && this == AUTO) {
      log.warn(
          "{}: rows of two axes are taken for sequences of samples; --rows sample takes each as"
              + " one",
          name);
    }
    return sequences;
  }

  /** {@link #sequences} of an array whose first axis is the rows. */
  boolean ofArray(String name, long[] extents, NumberType type) {
    return sequences(name, extents.length - 1, type == NumberType.UINT8);
  }

  /** The name on command lines: {@code sequence}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
