package dev.wta.reproduce;

import java.util.Locale;

/** The size of an experiment. */
public enum ExperimentScale {
  /** About a minute: shows that everything works, and says nothing of how well. */
  SMOKE,
  /** Minutes to half an hour: near what the full one reaches. */
  SMALL,
  /** What the paper did, as far as it is known. */
  FULL;

  /** The name as users write it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
