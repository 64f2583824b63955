package dev.wta.api.contract.mutant;

import dev.wta.api.backend.Backend;
import dev.wta.api.contract.BackendContract;
import dev.wta.api.contract.ConvolutionContract.Geometry;
import dev.wta.api.contract.mutant.Mutant.Operation;
import dev.wta.api.contract.support.Codes;
import dev.wta.api.contract.support.Sizes.Product;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Mistakes in {@link dev.wta.api.op.Selection}, those of fully-connected codes above all. */
final class SelectionMistakes {
  private static final Shape MATRIX = Shape.of(13, 31);
  private static final Geometry GEOMETRY = Geometry.of(2, 2, 5, 6, 3, Window.same(3));

  /** Where lists of winners are as long as a part of the units that a thread goes through. */
  private static final int ROOM = 48;

  private SelectionMistakes() {}

  static Stream<Mistake> all() {
    return Stream.concat(encoding(), selection());
  }

  private static Mistake encoding(String words, Mutant.Body body, Consumer<BackendContract> check) {
    return Mistake.of(words, "selection", "encodeWinners", body, check);
  }

  private static Stream<Mistake> encoding() {
    return Stream.of(
        encoding(
            "a sample's list holds no more winners than a part's units",
            (_, encode) ->
                encode.proceedWith(
                    4,
                    large(encode) ? new SelectionRule.PerSample(ROOM) : encode.arguments().get(4)),
            contract -> contract.keepsEachSamplesLargest(700, ROOM + 1)),
        encoding(
            "a sample's last winner is written into the next sample's list",
            (right, encode) -> {
              encode.proceed();
              if (large(encode)) {
                edit(right, encode, SelectionMistakes::intoTheNextSample);
              }
            },
            contract -> contract.keepsEachSamplesLargest(700, ROOM + 1)),
        encoding(
            "the threshold of a full list rises above its smallest winner",
            (right, encode) -> {
              encode.proceed();
              if (large(encode)) {
                edit(right, encode, SelectionMistakes::withoutTheSmallest);
              }
            },
            contract -> contract.keepsEachSamplesLargest(700, ROOM + 1)),
        encoding(
            "k is cut to one less than the units",
            (_, encode) ->
                encode.proceedWith(
                    4,
                    encode.arguments().get(4) instanceof SelectionRule.PerSample(int k)
                        ? new SelectionRule.PerSample(
                            Math.clamp(k, 1, encode.tensor(1).shape().rows() - 1))
                        : encode.arguments().get(4)),
            contract -> contract.keepsEachSamplesLargest(67, 67)),
        encoding(
            "encoding gives ties to the higher unit",
            SelectionMistakes::encodeTurnedRound,
            contract -> contract.keepsEachSamplesLargest(67, 2)),
        encoding(
            "encoding forgets the bias",
            (right, encode) -> {
              Tensor bias = encode.tensor(3);
              try (Tensor none = right.memory().allocate(bias.shape())) {
                encode.proceedWith(3, none);
              }
            },
            contract -> contract.encodesExactly(new Product(13, 31, 7))),
        encoding(
            "encoding counts no NaN",
            (right, encode) -> {
              float[] x = right.memory().download(encode.tensor(0));
              for (int i = 0; i < x.length; i++) {
                x[i] = Float.isNaN(x[i]) ? Float.NEGATIVE_INFINITY : x[i];
              }
              try (Tensor clean = right.memory().of(encode.tensor(0).shape(), x)) {
                encode.proceedWith(0, clean);
              }
            },
            BackendContract::nanInASampleLosesEverywhereAndIsCounted),
        encoding(
            "encoding adds to the winners of before",
            (right, encode) -> {
              boolean[] before = wins(right.memory().download(winners(encode)), winners(encode));
              encode.proceed();
              edit(
                  right,
                  encode,
                  (wins, values, _) -> {
                    for (int i = 0; i < wins.length; i++) {
                      values[i] = before[i] && !wins[i] ? 1 : values[i];
                      wins[i] |= before[i];
                    }
                  });
            },
            BackendContract::encodingReplacesTheLastWinners),
        encoding(
            "encoding by two rules forgets the first",
            (_, encode) ->
                encode.proceedWith(
                    4,
                    encode.arguments().get(4)
                            instanceof SelectionRule.Then(SelectionRule _, SelectionRule second)
                        ? second
                        : encode.arguments().get(4)),
            contract -> contract.encodesExactly(new Product(13, 31, 7))),
        Mistake.ofSevenThreads(
            "what is encoded depends on the number of threads",
            "selection",
            "encodeWinners",
            (right, encode) -> {
              encode.proceed();
              if (large(encode)) {
                edit(right, encode, SelectionMistakes::withoutTheSmallest);
              }
            },
            Mistake.named(
                "encoding by every rule", BackendContract::resultsDoNotDependOnTheThreads)));
  }

  private static Stream<Mistake> selection() {
    return Stream.of(
        Mistake.of(
            "selection gives ties to the higher index",
            "selection",
            "select",
            SelectionMistakes::selectTurnedRound,
            contract -> contract.tiesGoToTheLowerIndex(MATRIX)),
        Mistake.of(
            "an activation at its threshold wins",
            "selection",
            "select",
            (right, select) -> {
              if (select.arguments().get(1) instanceof SelectionRule.Above(Tensor thresholds)) {
                float[] lower = right.memory().download(thresholds);
                for (int u = 0; u < lower.length; u++) {
                  lower[u] = Math.nextDown(lower[u]);
                }
                try (Tensor lowered = right.memory().of(thresholds.shape(), lower)) {
                  select.proceedWith(1, new SelectionRule.Above(lowered));
                }
              } else {
                select.proceed();
              }
            },
            contract -> contract.whateverExceedsItsThresholdWins(MATRIX)),
        Mistake.of(
            "encoding maps counts NaN only where it wins",
            "selection",
            "encodeWinners",
            (right, encode) -> {
              float[] pixels = right.memory().download(encode.tensor(0));
              for (int i = 0; i < pixels.length; i++) {
                pixels[i] = Float.isNaN(pixels[i]) ? 0 : pixels[i];
              }
              try (Tensor clean = right.memory().of(encode.tensor(0).shape(), pixels)) {
                encode.proceedWith(0, clean);
              }
            },
            BackendContract::nanInAPixelLosesWhereItIsSeenAndIsCounted),
        Mistake.of(
            "encoding maps slides its window one pixel further",
            "selection",
            "encodeWinners",
            (right, encode) -> {
              float[] pixels = right.memory().download(encode.tensor(0));
              System.arraycopy(pixels, 0, pixels, 1, pixels.length - 1);
              try (Tensor shifted = right.memory().of(encode.tensor(0).shape(), pixels)) {
                encode.proceedWith(0, shifted);
              }
            },
            contract -> contract.encodesMapsExactly(GEOMETRY)));
  }

  private static boolean large(Operation encode) {
    return encode.arguments().get(4) instanceof SelectionRule.PerSample(int k) && k > ROOM;
  }

  private static Winners winners(Operation encode) {
    return (Winners) encode.arguments().get(5);
  }

  /** Changes a code {@code (samples, units)}: which of its elements win, and their values. */
  private interface Edit {
    void change(boolean[] wins, float[] values, int units);
  }

  private static void edit(Backend right, Operation encode, Edit edit) {
    edit(right, winners(encode), edit);
  }

  private static void edit(Backend right, Winners winners, Edit edit) {
    WinnerList list = right.memory().download(winners);
    boolean[] wins = wins(list, winners);
    float[] values = new float[wins.length];
    for (int w = 0; w < list.count(); w++) {
      values[list.samples()[w] * winners.units() + list.units()[w]] = list.values()[w];
    }
    edit.change(wins, values, winners.units());
    right.memory().upload(Codes.list(winners.code(), wins, values), winners);
  }

  private static boolean[] wins(WinnerList list, Winners winners) {
    boolean[] wins = new boolean[(int) winners.code().size()];
    for (int w = 0; w < list.count(); w++) {
      wins[list.samples()[w] * winners.units() + list.units()[w]] = true;
    }
    return wins;
  }

  private static void intoTheNextSample(boolean[] wins, float[] values, int units) {
    for (int i = 0; i + units < wins.length; i++) {
      if (wins[i] && !wins[i + units]) {
        wins[i + units] = true;
        values[i + units] = values[i];
        wins[i] = false;
        return;
      }
    }
  }

  private static void withoutTheSmallest(boolean[] wins, float[] values, int units) {
    for (int row = 0; row < wins.length; row += units) {
      int smallest = -1;
      for (int i = row; i < row + units; i++) {
        if (wins[i] && (smallest < 0 || values[i] < values[smallest])) {
          smallest = i;
        }
      }
      if (smallest >= 0) {
        wins[smallest] = false;
      }
    }
  }

  /** Encodes with the units in the other order, and puts the winners back where they belong. */
  private static void encodeTurnedRound(Backend right, Operation encode) {
    Tensor weights = encode.tensor(1);
    Tensor bias = encode.tensor(3);
    float[] rows = turned(right.memory().download(weights), weights.shape().rowSize());
    float[] offsets = turned(right.memory().download(bias), 1);
    try (Tensor turnedWeights = right.memory().of(weights.shape(), rows);
        Tensor turnedBias = right.memory().of(bias.shape(), offsets)) {
      right
          .selection()
          .encodeWinners(
              encode.tensor(0),
              turnedWeights,
              Optional.empty(),
              turnedBias,
              (SelectionRule) encode.arguments().get(4),
              winners(encode));
    }
    edit(right, encode, SelectionMistakes::mirror);
  }

  private static void selectTurnedRound(Backend right, Operation select) {
    Tensor activations = select.tensor(0);
    Winners winners = (Winners) select.arguments().get(2);
    float[] code = turned(right.memory().download(activations), 1);
    try (Tensor turned = right.memory().of(activations.shape(), code)) {
      select.proceedWith(0, turned);
    }
    edit(right, winners, SelectionMistakes::turnRound);
  }

  private static void turnRound(boolean[] wins, float[] values, int units) {
    boolean[] before = wins.clone();
    float[] numbers = values.clone();
    for (int i = 0; i < wins.length; i++) {
      wins[i] = before[wins.length - 1 - i];
      values[i] = numbers[wins.length - 1 - i];
    }
  }

  private static void mirror(boolean[] wins, float[] values, int units) {
    for (int row = 0; row < wins.length; row += units) {
      boolean[] before = Arrays.copyOfRange(wins, row, row + units);
      float[] numbers = Arrays.copyOfRange(values, row, row + units);
      for (int u = 0; u < units; u++) {
        wins[row + u] = before[units - 1 - u];
        values[row + u] = numbers[units - 1 - u];
      }
    }
  }

  /** Rows of {@code width} numbers, the last one first. */
  private static float[] turned(float[] values, int width) {
    float[] turned = new float[values.length];
    for (int from = 0; from < values.length; from += width) {
      System.arraycopy(values, from, turned, values.length - width - from, width);
    }
    return turned;
  }
}
