package dev.wta.api.contract.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.contract.BackendContract;
import dev.wta.api.contract.mutant.Mutant;
import dev.wta.api.op.Dense.Reduction;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Update.AdamStep;
import dev.wta.api.random.Philox;
import dev.wta.api.reference.ReferenceBackendProvider;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The fuzzer notices wrong backends, makes their failures simple, and repeats them. */
class FuzzerTest {
  private static final int CASES = 150;

  /** As a kernel whose list for a sample overflows: wrong for many winners of several samples. */
  private static final Mutant LARGE_K =
      new Mutant(
          "many winners a sample run into the next",
          "selection",
          "encodeWinners",
          (right, encode) -> {
            encode.proceed();
            Winners winners = (Winners) encode.arguments().get(5);
            if (encode.arguments().get(4) instanceof SelectionRule.PerSample(int k)
                && k >= 48
                && winners.samples() > 1
                && winners.units() > k) {
              right
                  .selection()
                  .select(zeros(right, winners), new SelectionRule.PerSample(1), winners);
            }
          });

  private static Tensor zeros(Backend right, Winners winners) {
    return right.memory().allocate(winners.code());
  }

  static Stream<Mutant> mutants() {
    return Stream.of(
        LARGE_K,
        new Mutant(
            "gemm reads its output when beta is 0",
            "dense",
            "gemm",
            (_, gemm) -> gemm.proceedWith(5, gemm.number(5) == 0 ? 1e-30f : gemm.number(5))),
        new Mutant(
            "decoding forgets the bias",
            "sparse",
            "decode",
            (_, decode) -> decode.proceedWith(4, Optional.empty())),
        new Mutant(
            "maps are encoded with one winner too few",
            "selection",
            "encodeWinners",
            (_, encode) ->
                encode.proceedWith(
                    4,
                    encode.arguments().get(4) instanceof SelectionRule.Lifetime(int k) && k > 1
                        ? new SelectionRule.Lifetime(k - 1)
                        : encode.arguments().get(4))),
        new Mutant(
            "Adam counts from 0",
            "update",
            "adam",
            (_, adam) -> {
              AdamStep s = (AdamStep) adam.arguments().get(4);
              adam.proceedWith(
                  4,
                  new AdamStep(
                      s.rate(),
                      s.beta1(),
                      s.beta2(),
                      s.epsilon(),
                      s.decay(),
                      s.tangent(),
                      s.t() + 1));
            }),
        new Mutant(
            "a convolution's gradient forgets what was there",
            "convolution",
            "filterGradient",
            (_, gradient) -> gradient.proceedWith(3, 0f)),
        new Mutant(
            "random numbers are of another stream",
            "randomness",
            "bernoulli",
            (_, bernoulli) -> {
              Philox stream = (Philox) bernoulli.arguments().getFirst();
              bernoulli.proceedWith(0, new Philox(stream.seed(), stream.stream() + 1));
            }));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mutants")
  void aMistakeIsNoticed(Mutant mutant) {
    try (Fuzzer fuzzer = new Fuzzer(threads -> mutant.of(reference(threads)))) {
      assertThat(firstFailure(fuzzer, mutant.operation())).isPresent();
    }
  }

  /** Far within the tolerance, but other bits. */
  @Test
  void aResultThatDependsOnTheThreadsIsNoticed() {
    Mutant nudged =
        new Mutant(
            "the last bit is another one",
            "dense",
            "reduceRows",
            (right, reduce) -> {
              reduce.proceed();
              Tensor out = reduce.tensor(2);
              float[] values = right.memory().download(out);
              for (int i = 0; i < values.length; i++) {
                values[i] = Math.nextUp(values[i]);
              }
              right.memory().upload(values, 0, out);
            });
    IntFunction<Backend> opener =
        threads -> threads > 2 ? nudged.of(reference(threads)) : reference(threads);
    Map<String, String> given =
        Map.of("operation", "reduceRows", "reduction", Reduction.SUM.toString(), "x.data", "ALIKE");
    try (Fuzzer fuzzer = new Fuzzer(opener)) {
      List<String> threads = new ArrayList<>();
      for (int index = 0; index < 40; index++) {
        fuzzer
            .run(1, index, given)
            .ifPresent(failure -> threads.add(failure.choices().get("threads").label()));
      }
      assertThat(threads).hasSizeGreaterThan(10).doesNotContain("1", "2");
    }
  }

  @Test
  void aFailureIsMadeAsSimpleAsItGets() {
    try (Fuzzer fuzzer = new Fuzzer(threads -> LARGE_K.of(reference(threads)))) {
      Failure drawn = firstFailure(fuzzer, LARGE_K.operation()).orElseThrow();
      Failure simple = new Shrinker(fuzzer).shrink(drawn);
      assertThat(simple.choices().get("rule.k").label()).isEqualTo("48");
      assertThat(simple.choices().get("units").label()).isEqualTo("49");
      assertThat(simple.choices().get("samples").label()).isEqualTo("2");
      assertThat(simple.choices().get("threads").label()).isEqualTo("1");
      assertThat(Long.parseLong(simple.choices().get("inputs").label()))
          .isLessThanOrEqualTo(Long.parseLong(drawn.choices().get("inputs").label()));
    }
  }

  /** Any backend's contract will do; this one's backend makes a mistake. */
  static final class Mistaken extends BackendContract {
    @Override
    protected Backend open(BackendOptions options) {
      return LARGE_K.of(new ReferenceBackendProvider().open(options));
    }
  }

  @Test
  void theLineOfAFailureRepeatsIt() {
    Run many = run("--seed", "1", "--cases", "200", "--with", "operation=encodeWinners");
    assertThat(many.status()).isEqualTo(1);
    String line = many.out().lines().findFirst().orElseThrow();
    String options = line.substring("FAILED ".length(), line.indexOf("': "));
    List<String> arguments = new ArrayList<>(Arrays.asList(options.split(" --with '")));
    String with = arguments.removeLast();
    List<String> again = new ArrayList<>(Arrays.asList(arguments.getFirst().split(" ")));
    again.addAll(List.of("--with", with));
    Run repeated = run(again.toArray(String[]::new));
    assertThat(repeated.status()).isEqualTo(1);
    assertThat(repeated.out().lines().findFirst()).contains(line);
  }

  @Test
  void aRunCountsItsCasesByOperation() {
    Run run = run("--cases", "5", "--with", "operation=uniform");
    assertThat(run.status()).isZero();
    assertThat(run.out()).containsPattern("uniform +5\n").containsPattern("cases +5, 0 failed");
  }

  @Test
  void whatCannotBeRunIsSaidInALine() {
    assertThat(run("--cases", "few"))
        .isEqualTo(new Run(2, "", "fuzz: --cases is a whole number, not 'few'\n"));
    assertThat(run("--with", "operation=guess").err())
        .startsWith("fuzz: operation is none of [copy, fill,")
        .endsWith("but 'guess'\n");
    assertThat(run("--with", "operation=gemm m=-1").err())
        .isEqualTo("fuzz: m is a whole number from 1 on, not '-1'\n");
    assertThat(run("--often", "1").status()).isEqualTo(2);
  }

  private record Run(int status, String out, String err) {}

  private static Run run(String... options) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    List<String> arguments = new ArrayList<>(List.of(Mistaken.class.getName()));
    arguments.addAll(List.of(options));
    int status =
        Fuzz.run(
            arguments,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Run(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static Optional<Failure> firstFailure(Fuzzer fuzzer, String operation) {
    for (int index = 0; index < CASES; index++) {
      Optional<Failure> failure = fuzzer.run(1, index, Map.of("operation", operation));
      if (failure.isPresent()) {
        return failure;
      }
    }
    return Optional.empty();
  }

  private static Backend reference(int threads) {
    return new ReferenceBackendProvider().open(BackendOptions.defaults().withThreads(threads));
  }
}
