package dev.wta.api.backend;

/** Whether a provider's backend can run on this machine. */
public sealed interface Availability {

  /**
   * The backend can run here.
   *
   * @param score how fast it is expected to be; the automatic choice takes the highest. The scalar
   *     reference has {@link #SCALAR}, a vectorised CPU about 100, a GPU about 1000
   * @param device what it would run on, for people
   */
  record Usable(int score, String device) implements Availability {
    /** The scalar reference's score: {@link Backends#best} takes only a higher one. */
    public static final int SCALAR = 1;
  }

  /**
   * The backend cannot run here.
   *
   * @param reason what is missing: a library, a device, a flag
   * @param remedy what the user can do about it
   */
  record Unusable(String reason, String remedy) implements Availability {}
}
