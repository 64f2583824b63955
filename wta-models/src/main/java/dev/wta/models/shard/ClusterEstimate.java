package dev.wta.models.shard;

/**
 * How long a step of a divided model would take on ranks that are not there, from times that were
 * measured on some that are.
 *
 * <pre>{@code
 * step(R)  = replicated + divided / R + exchanges * latency + 8 * bytes(R) / bandwidth
 * bytes(R) = (R - 1) / R * (8 B I + 4 B (k + 2) + 8 N n)
 * }</pre>
 *
 * <p>R ranks, a mini-batch of B samples of I inputs, N blocks of units, and k candidates of a
 * sample, 0 where units do not compete with each other. {@code 8 B I} bytes are the partial
 * reconstructions, sent to be summed and sent back as sums; {@code 8 N n} what each block adds to
 * other sums. Computing and sending do not overlap. The bytes hold for a power of two of ranks that
 * all reach each other at full bandwidth at once.
 *
 * @param replicated seconds of a step that every rank spends alike
 * @param divided seconds of a step that one rank would spend on all units
 * @param exchanges of a step: 6 of {@code topk}, 3 of {@code fc-wta} with lifetime sparsity
 * @param latency seconds that an exchange of nothing takes
 * @param bandwidth bits a second that a rank sends, and receives at the same time
 * @param batch what a step sends
 */
public record ClusterEstimate(
    double replicated,
    double divided,
    int exchanges,
    double latency,
    double bandwidth,
    Batch batch) {

  /**
   * What a step sends.
   *
   * @param samples B
   * @param inputs I
   * @param candidates k
   * @param blocks N
   * @param numbers n, of a block: 5 of {@code fc-wta}, for the loss and its measures; of {@code
   *     topk} one more, for its dead latents, and I for the gradient of the bias that it subtracts
   *     from samples
   */
  public record Batch(int samples, int inputs, int candidates, int blocks, int numbers) {
    /** The bytes that each of so many ranks sends in a step. */
    public double bytes(int ranks) {
      double all =
          8.0 * samples * inputs
              + (candidates == 0 ? 0 : 4.0 * samples * (candidates + 2))
              + 8.0 * blocks * numbers;
      return all * (ranks - 1) / ranks;
    }
  }

  /**
   * The same cluster by two measurements without other exchanges than in memory.
   *
   * @param one seconds of a step on one rank
   * @param two seconds of a step on two ranks with processors of their own
   */
  public static ClusterEstimate measured(
      double one, double two, int exchanges, double latency, double bandwidth, Batch batch) {
    double divided = 2 * (one - two);
    return new ClusterEstimate(one - divided, divided, exchanges, latency, bandwidth, batch);
  }

  /** Seconds of a step on so many ranks. */
  public double seconds(int ranks) {
    double exchanging = ranks == 1 ? 0 : exchanges * latency + 8 * batch.bytes(ranks) / bandwidth;
    return replicated + divided / ranks + exchanging;
  }

  /** How many times as fast as one rank so many are. */
  public double speedUp(int ranks) {
    return seconds(1) / seconds(ranks);
  }
}
