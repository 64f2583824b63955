package dev.wta.models.run;

import dev.wta.api.WtaException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The run whose parameters a run started from: {@code from} in {@code config.json}. Warm-ups count
 * the steps that are behind these parameters, so none is repeated.
 *
 * @param run the folder of the run, as it was given
 * @param step the steps of its checkpoint
 * @param data what it was trained on: {@code name, samples, shape, digest}
 * @param stepsBefore all steps behind the parameters, those of runs before it included
 * @param epochsBefore the same of epochs
 * @param optimizerSteps the steps behind the optimiser's state; 0 where that begins anew, since the
 *     run had another optimiser
 * @param earlier the run from whose parameters that run started, if any
 */
public record Origin(
    String run,
    long step,
    Map<String, Object> data,
    long stepsBefore,
    int epochsBefore,
    long optimizerSteps,
    Optional<Origin> earlier) {
  private static final String OPTIMIZER = "optimizer";

  /**
   * The last checkpoint of a run, for a training with the optimiser of that name.
   *
   * @throws WtaException if there is none yet
   */
  public static Origin of(RunDirectory run, Object optimizer) {
    TrainingState state =
        run.state()
            .orElseThrow(
                () ->
                    new WtaException(
                        "%s has no checkpoint yet".formatted(run.path()), "train it first"));
    RunConfig config = run.config();
    Optional<Origin> earlier = config.from();
    boolean keeps = Objects.equals(config.training().get(OPTIMIZER), optimizer);
    return new Origin(
        run.path().toString(),
        state.step(),
        config.data(),
        state.step() + earlier.map(Origin::stepsBefore).orElse(0L),
        state.epoch() + earlier.map(Origin::epochsBefore).orElse(0),
        keeps ? state.step() + earlier.map(Origin::optimizerSteps).orElse(0L) : 0,
        earlier);
  }

  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("run", run);
    map.put("step", step);
    map.put("data", data);
    map.put("stepsBefore", stepsBefore);
    map.put("epochsBefore", epochsBefore);
    map.put("optimizerSteps", optimizerSteps);
    earlier.ifPresent(origin -> map.put(RunConfig.FROM, origin.toMap()));
    return map;
  }

  /** Reads what {@link #toMap} wrote; {@code where} is for messages. */
  static Origin of(Map<String, Object> map, Object where) {
    return new Origin(
        String.valueOf(map.get("run")),
        count(map, "step", where),
        RunConfig.section(map, "data", where),
        count(map, "stepsBefore", where),
        Math.toIntExact(count(map, "epochsBefore", where)),
        count(map, "optimizerSteps", where),
        map.containsKey(RunConfig.FROM)
            ? Optional.of(of(RunConfig.section(map, RunConfig.FROM, where), where))
            : Optional.empty());
  }

  private static long count(Map<String, Object> map, String key, Object where) {
    if (map.get(key) instanceof Number number && number.longValue() >= 0) {
      return number.longValue();
    }
    throw RunConfig.damaged(where, "%s' of '%s".formatted(key, RunConfig.FROM));
  }
}
