package dev.wta.api.contract.mutant;

import dev.wta.api.backend.Backend;
import dev.wta.api.contract.BackendContract;
import dev.wta.api.contract.ConvolutionContract.Geometry;
import dev.wta.api.contract.OwnershipContract;
import dev.wta.api.contract.mutant.Mutant.Operation;
import dev.wta.api.contract.support.Codes;
import dev.wta.api.op.Dense.Binary;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import java.util.stream.Stream;

/** Mistakes in convolutions, pooling, random numbers and memory, and operands left unchecked. */
final class OtherMistakes {
  private static final Geometry GEOMETRY = Geometry.of(2, 2, 5, 6, 3, Window.same(3));
  private static final Shape VECTOR = Shape.of(31);
  private static final Shape CODE = Shape.of(13, 131);
  private static final Codes.Source UNITS = Codes.ofUnits().get(1); // each of which wins

  private OtherMistakes() {}

  static Stream<Mistake> all() {
    return Stream.of(convolution(), randomness(), memory()).flatMap(mistakes -> mistakes);
  }

  private static Stream<Mistake> convolution() {
    return Stream.of(
        Mistake.of(
            "a transposed convolution turns its filter round",
            "convolution",
            "transposed",
            OtherMistakes::withTurnedFilters,
            contract -> contract.transposed(GEOMETRY)),
        Mistake.of(
            "a convolution of many channels turns its filter round",
            "convolution",
            "forward",
            OtherMistakes::withTurnedFilters,
            contract -> contract.forwardThroughManyChannels(GEOMETRY)),
        Mistake.of(
            "a filter's gradient forgets what was there",
            "convolution",
            "filterGradient",
            (_, gradient) -> gradient.proceedWith(3, 0f),
            contract -> contract.filterGradient(GEOMETRY)),
        Mistake.of(
            "channel sums are twice as large",
            "convolution",
            "channelSums",
            (right, sums) -> {
              sums.proceed();
              right.dense().affine(2, sums.tensor(1), 0, sums.tensor(1));
            },
            contract -> contract.channelSums(GEOMETRY)),
        Mistake.of(
            "pooling starts at 0",
            "convolution",
            "maxPool",
            (right, pool) -> {
              pool.proceed();
              right.dense().clip(pool.tensor(2), 0, Float.POSITIVE_INFINITY, pool.tensor(2));
            },
            BackendContract::negativeImagesPoolToTheirLargest),
        Mistake.of(
            "pooling loses NaN",
            "convolution",
            "maxPool",
            (right, pool) -> {
              float[] pixels = right.memory().download(pool.tensor(0));
              for (int i = 0; i < pixels.length; i++) {
                pixels[i] = Float.isNaN(pixels[i]) ? Float.NEGATIVE_INFINITY : pixels[i];
              }
              try (Tensor clean = right.memory().of(pool.tensor(0).shape(), pixels)) {
                pool.proceedWith(0, clean);
              }
            },
            BackendContract::nanInAWindowComesOut),
        Mistake.of(
            "pooling's gradient adds to what was there",
            "convolution",
            "maxPoolGradient",
            (right, gradient) -> {
              Tensor out = gradient.tensor(2);
              try (Tensor before = right.memory().of(out.shape(), right.memory().download(out))) {
                gradient.proceed();
                right.dense().zip(Binary.ADD, out, before, out);
              }
            },
            contract -> contract.maxPool(2, 1, 7, 13, 2, 3)));
  }

  private static Stream<Mistake> randomness() {
    return Stream.of(
        Mistake.of(
            "normal numbers have the wrong deviation",
            "randomness",
            "normal",
            (_, normal) -> normal.proceedWith(2, normal.number(2) * 1.01f),
            contract -> contract.normalIsPhiloxToRounding(VECTOR)),
        Mistake.of(
            "0 and 1 change places",
            "randomness",
            "bernoulli",
            (right, bernoulli) -> {
              bernoulli.proceed();
              right.dense().affine(-1, bernoulli.tensor(2), 1, bernoulli.tensor(2));
            },
            contract -> contract.bernoulliIsPhilox(VECTOR)));
  }

  private static Stream<Mistake> memory() {
    return Stream.of(
        Mistake.of(
            "a new tensor holds what was there before",
            "memory",
            "allocate",
            (right, allocate) -> {
              allocate.proceed();
              right.memory().fill((Tensor) allocate.answered(), 7);
            },
            contract -> contract.newTensorsAreZero(VECTOR)),
        Mistake.of(
            "an upload forgets its offset",
            "memory",
            "upload",
            (_, upload) -> {
              if (upload.arguments().size() == 3) {
                upload.proceedWith(1, 0);
              } else {
                upload.proceed();
              }
            },
            contract -> contract.uploadsAndDownloadsAtOffsets(VECTOR)),
        Mistake.of(
            "spread winners are those of the first units",
            "memory",
            "spread",
            (_, spread) -> spread.proceedWith(2, new int[] {0, 1, 2}),
            contract -> contract.winnersSpreadToTheUnitsThatAreNamed(3)),
        Mistake.of(
            "a slice by unit takes one unit more",
            "memory",
            "sliceUnits",
            (_, slice) -> slice.proceedWith(2, (Integer) slice.arguments().get(2) + 1),
            contract -> contract.slicesByUnit(UNITS, CODE)),
        Mistake.of(
            "a slice by rank takes one rank more",
            "memory",
            "sliceRanks",
            (_, slice) -> slice.proceedWith(1, (Integer) slice.arguments().get(1) - 1),
            contract -> contract.slicesByRank(UNITS, CODE)),
        Mistake.of(
            "a slice of positive coefficients has the source's values",
            "memory",
            "slicePositive",
            (_, slice) -> slice.proceedWith(1, ((Winners) slice.arguments().getFirst()).values()),
            contract -> contract.slicesPositive(UNITS, CODE)),
        Mistake.of(
            "the least is the sum",
            "memory",
            "least",
            (right, least) -> {
              Winners winners = (Winners) least.arguments().getFirst();
              float sum = (float) right.dense().sum(winners.values());
              right.memory().fill(least.tensor(1), sum);
            },
            contract -> contract.theLeast(UNITS, CODE)),
        Mistake.of(
            "a copy copies nothing",
            "memory",
            "copy",
            (_, _) -> {},
            contract -> contract.copiesAndFills(VECTOR)),
        Mistake.of(
            "a filled tensor is 0",
            "memory",
            "fill",
            (_, fill) -> fill.proceedWith(1, 0f),
            contract -> contract.copiesAndFills(VECTOR)),
        Mistake.of(
            "another backend's operands are accepted",
            "dense",
            "axpy",
            (_, axpy) -> {
              try {
                axpy.proceed();
              } catch (IllegalArgumentException refused) {
                axpy.answer(refused);
              }
            },
            Mistake.named(
                "axpy [3x4, 3x4]", OwnershipContract::anotherBackendsOperandsAreRefused)));
  }

  private static void withTurnedFilters(Backend right, Operation operation) {
    Tensor filters = operation.tensor(1);
    float[] values = right.memory().download(filters);
    float[] turned = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      turned[i] = values[values.length - 1 - i];
    }
    try (Tensor wrong = right.memory().of(filters.shape(), turned)) {
      operation.proceedWith(1, wrong);
    }
  }
}
