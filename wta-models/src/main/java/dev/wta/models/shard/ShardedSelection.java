package dev.wta.models.shard;

import dev.wta.api.WtaException;
import dev.wta.api.op.Memory;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import dev.wta.models.autodiff.Tape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Winners among all units, where each rank selects among its own first: who does not win in its
 * block cannot win at all. The winners are those of {@link SelectionRule}, ties included.
 */
public final class ShardedSelection {
  private ShardedSelection() {}

  /**
   * Whether a rule's winners can be found so.
   *
   * @param what for the message: {@code the competition spatial of conv-wta}
   * @throws WtaException if not
   */
  public static void requireServed(SelectionRule rule, String what) {
    switch (rule) {
      case SelectionRule.Lifetime _, SelectionRule.Above _ -> {}
      case SelectionRule.PerSample _, SelectionRule.Global _ -> {}
      case SelectionRule.Spatial _, SelectionRule.Then _ ->
          throw new WtaException(
              "%s is not served by sharded training: it selects among maps or in several stages"
                  .formatted(what),
              "choose lifetime, topk or batchtopk, or train it on one machine");
    }
  }

  /**
   * Leaves of each block's winners those that win among all units. A collective.
   *
   * @param candidates the winners of {@code rule} in each of this rank's blocks; overwritten
   */
  public static void among(
      Tape tape, Collective collective, SelectionRule rule, List<Winners> candidates) {
    if (collective.blocks().count() == 1) {
      return; // its own winners are all
    }
    switch (rule) {
      case SelectionRule.Lifetime _, SelectionRule.Above _ -> {} // units do not compete
      case SelectionRule.PerSample each ->
          keep(
              tape,
              candidates,
              lists ->
                  SampleCompetition.run(
                      collective, each.k(), candidates.getFirst().samples(), lists));
      case SelectionRule.Global all ->
          keep(tape, candidates, lists -> BatchCompetition.run(collective, all.k(), lists));
      case SelectionRule.Spatial _, SelectionRule.Then _ ->
          throw new IllegalArgumentException("a rule that is not served: " + rule);
    }
  }

  /**
   * As {@link #among(Tape, Collective, SelectionRule, List)}, of the winners among all of this
   * rank's units. A collective.
   *
   * @param candidates of this rank
   */
  public static WinnerList among(
      Collective collective, SelectionRule.PerSample rule, int samples, WinnerList candidates) {
    if (collective.ranks().count() == 1 || collective.isUnconnected()) {
      return candidates; // nobody else has any
    }
    List<WinnerList> alone = List.of(candidates);
    return kept(candidates, SampleCompetition.run(collective, rule.k(), samples, alone)[0]);
  }

  /** Chooses among candidates of this rank: for each block, which of its list win. */
  @FunctionalInterface
  private interface Competition {
    boolean[][] winners(List<WinnerList> candidates);
  }

  private static void keep(Tape tape, List<Winners> candidates, Competition competition) {
    Memory memory = tape.backend().memory();
    List<WinnerList> lists = new ArrayList<>();
    candidates.forEach(block -> lists.add(memory.download(block)));
    boolean[][] winning = competition.winners(lists);
    for (int i = 0; i < lists.size(); i++) {
      memory.upload(kept(lists.get(i), winning[i]), candidates.get(i));
    }
  }

  private static WinnerList kept(WinnerList list, boolean[] winning) {
    int[] samples = new int[list.count()];
    int[] units = new int[list.count()];
    float[] values = new float[list.count()];
    int count = 0;
    for (int i = 0; i < winning.length; i++) {
      if (winning[i]) {
        samples[count] = list.samples()[i];
        units[count] = list.units()[i];
        values[count++] = list.values()[i];
      }
    }
    return new WinnerList(
        Arrays.copyOf(samples, count),
        Arrays.copyOf(units, count),
        new int[count],
        Arrays.copyOf(values, count));
  }
}
