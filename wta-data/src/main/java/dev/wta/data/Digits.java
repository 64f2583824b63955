package dev.wta.data;

/** The UCI optical-recognition digits: 1,797 handwritten digits of 8x8, built in. */
@SuppressWarnings("DoNotCallSuggester") // bodies follow
public final class Digits {
  private Digits() {}

  /** The 1,297 digits to train on, {@code (1, 8, 8)} of 0 to 255, labelled. */
  public static Dataset train() {
    throw new UnsupportedOperationException("not yet");
  }

  /** The 500 digits held out, 50 of each class. */
  public static Dataset test() {
    throw new UnsupportedOperationException("not yet");
  }
}
