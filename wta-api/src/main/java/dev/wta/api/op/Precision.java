package dev.wta.api.op;

import java.util.Locale;

/**
 * The precision to which dense products may round their operands, see {@link
 * dev.wta.api.backend.Backend#withPrecision}. Products of two rounded numbers are added up in
 * float32.
 */
public enum Precision {
  /** Operands are multiplied as they are. */
  FLOAT32(0),
  /** Ten bits of fraction and float32's exponents: a device may round or cut to that. */
  TF32(0x1p-10),
  /** The upper half of a float32, seven bits of fraction, rounded to nearest. */
  BF16(0x1p-8);

  private final double roundingError;

  Precision(double roundingError) {
    this.roundingError = roundingError;
  }

  /** The largest relative error of a rounded operand. */
  public double roundingError() {
    return roundingError;
  }

  /** As configurations write it: {@code bf16}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
