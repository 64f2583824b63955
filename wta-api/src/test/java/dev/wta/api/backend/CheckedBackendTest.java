package dev.wta.api.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.wta.api.contract.support.Invocations;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Memory;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Update.RowNorm;
import dev.wta.api.random.Philox;
import dev.wta.api.reference.ReferenceBackendProvider;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One thread at a time in a backend, and every operation the backend's own. */
@Timeout(60)
class CheckedBackendTest {
  private final ExecutorService other =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("the other").daemon(true).factory());

  @AfterEach
  void endTheOtherThread() {
    other.shutdownNow();
  }

  static Stream<Class<?>> groups() {
    return Arrays.stream(Backend.class.getMethods())
        .filter(method -> method.getParameterCount() == 0)
        .map(Method::getReturnType)
        .filter(type -> type.isInterface() && type != Backend.Hold.class);
  }

  /** Also those that the interface has a default for: the backend may have a faster one. */
  @Test
  void everyOperationReachesTheBackendsOwn() {
    List<Call> called = new ArrayList<>();
    List<Call> reached = new ArrayList<>();
    try (Backend reference = new ReferenceBackendProvider().open(BackendOptions.defaults())) {
      Backend checked = new CheckedBackend(recorded(reference, reached));
      callEveryOperation(recorded(checked, called));
    }
    assertThat(reached).isEqualTo(called);
    assertThat(called.stream().map(Call::operation).distinct())
        .containsExactlyInAnyOrderElementsOf(
            groups().flatMap(group -> operations(group).stream()).toList());
  }

  private record Call(Method operation, List<Object> arguments) {
    /** What an operation calls back is checked, too, so that it passes a function of its own on. */
    static Call of(Method operation, Object[] operands) {
      return new Call(
          operation,
          Arrays.stream(operands)
              .map(operand -> operand instanceof IntFunction<?> ? IntFunction.class : operand)
              .toList());
    }
  }

  private static Backend recorded(Backend backend, List<Call> calls) {
    return proxy(
        Backend.class,
        (method, arguments) -> {
          Object answer = method.invoke(backend, arguments);
          return groups().noneMatch(method.getReturnType()::equals)
              ? answer
              : proxy(
                  method.getReturnType(),
                  (operation, operands) -> {
                    calls.add(Call.of(operation, operands));
                    return operation.invoke(answer, operands);
                  });
        });
  }

  private static void callEveryOperation(Backend backend) {
    Invocations.all()
        .forEach(
            invocation ->
                invocation
                    .body()
                    .call(backend, invocation.tensors(backend), invocation.winners(backend)));
    Memory memory = backend.memory();
    Tensor tensor = memory.of(Shape.of(2), 1, 2);
    Winners winners = memory.allocateWinners(Shape.of(1, 2), 1);
    memory.upload(new float[] {0, 3, 4}, 1, tensor);
    memory.download(tensor, new float[3], 1);
    memory.download(tensor);
    memory.upload(new WinnerList(new int[1], new int[] {1}, new int[1], new float[] {5}), winners);
    memory.download(winners);
    Winners spread = memory.allocateWinners(Shape.of(1, 3), 1);
    memory.spread(winners, winners.values(), new int[] {0, 2}, spread);
    Winners slice = memory.allocateWinners(Shape.of(1, 2), 1);
    memory.sliceUnits(winners, 1, 2, slice);
    memory.sliceRanks(winners, 3, 4, slice);
    memory.slicePositive(
        winners, winners.values(), count -> memory.allocateWinners(Shape.of(1, 2), count));
    memory.least(winners, memory.allocate(Shape.of(1)));
    memory.most();
    memory.fill(tensor, 6);
    memory.freeze(tensor);
    memory.synchronise();
    backend
        .selection()
        .encodeScaled(
            memory.allocate(Shape.of(4, 3)),
            memory.allocate(Shape.of(5, 3)),
            memory.allocate(Shape.of(5)),
            memory.allocate(Shape.of(5)),
            new SelectionRule.PerSample(2),
            room -> memory.allocateWinners(Shape.of(4, 5), room));
    backend.dense().sum(tensor);
    backend.update().normaliseRows(tensor, RowNorm.AT_MOST, 7);
    backend.randomness().uniform(new Philox(8, 9), tensor);
    backend.randomness().normal(new Philox(10, 11), 12, 13, tensor);
  }

  @Test
  void whatABackendSaysOfItselfIsItsOwn() {
    Backend backend =
        new CheckedBackend(
            proxy(
                Backend.class,
                (method, _) ->
                    method.getReturnType() == String.class
                        ? "its " + method.getName()
                        : proxy(method.getReturnType(), (_, _) -> null)));
    assertThat(backend.name()).isEqualTo("its name");
    assertThat(backend.device()).isEqualTo("its device");
    assertThat(backend.arithmetic()).isEqualTo("its arithmetic");
  }

  @ParameterizedTest
  @MethodSource("groups")
  void everyOperationIsRefusedWhileAnotherThreadHolds(Class<?> group) throws Exception {
    try (Backend backend = Backends.named("reference", BackendOptions.defaults())) {
      Backend.Hold hold = inTheOther(backend::hold);
      Object part = part(backend, group);
      for (Method operation : operations(group)) {
        assertThatIllegalStateException()
            .as(operation.toString())
            .isThrownBy(() -> invoke(operation, part))
            .withMessageContaining("thread '" + Thread.currentThread().getName() + "'")
            .withMessageContaining("backend 'reference'")
            .withMessageContaining("thread 'the other' is using it")
            .withMessageContaining("a backend and models of its own");
      }
      inTheOther(
          () -> {
            hold.close();
            return null;
          });
    }
  }

  @Test
  void whatComputesNothingIsAnsweredToEveryThreadAndClosingIsNot() throws Exception {
    Backend backend = Backends.named("reference", BackendOptions.defaults());
    Backend.Hold hold = inTheOther(backend::hold);
    assertThat(backend.name()).isEqualTo("reference");
    assertThat(backend.device()).contains("1 thread");
    assertThatIllegalStateException().isThrownBy(backend::close);
    assertThatIllegalStateException().isThrownBy(hold::close).withMessageContaining("not hold");
    inTheOther(
        () -> {
          try (hold;
              var _ = backend.hold();
              Tensor tensor = backend.memory().of(Shape.of(1), 5)) {
            assertThat(backend.dense().sum(tensor)).isEqualTo(5);
          }
          return null;
        });
    backend.close();
  }

  @Test
  void aBackendIsHandedOverAndUsedByOneThreadAtATime() throws Exception {
    try (Backend backend = Backends.named("reference", BackendOptions.defaults())) {
      Tensor tensor = backend.memory().of(Shape.of(2), 1, 2);
      assertThat(inTheOther(() -> backend.dense().sum(tensor))).isEqualTo(3);
      inTheOther(
          () -> {
            tensor.close();
            return null;
          });
      assertThatIllegalStateException()
          .isThrownBy(() -> backend.dense().sum(tensor))
          .withMessageContaining("closed");
    }
  }

  @Test
  void eightThreadsGetRightAnswersOrAreRefused() throws Exception {
    int threads = 8;
    int right = 0;
    try (Backend backend = Backends.named("reference", BackendOptions.defaults());
        ExecutorService pool =
            Executors.newFixedThreadPool(threads, Thread.ofPlatform().daemon(true).factory())) {
      CountDownLatch start = new CountDownLatch(threads);
      List<Future<Integer>> counts = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        float value = t + 1;
        counts.add(
            pool.submit(
                () -> {
                  start.countDown();
                  start.await();
                  int answered = 0;
                  for (int i = 0; i < 300; i++) {
                    answered += product(backend, value) ? 1 : 0;
                  }
                  return answered;
                }));
      }
      for (Future<Integer> count : counts) {
        right += count.get(30, TimeUnit.SECONDS);
      }
      assertThatCode(() -> assertThat(product(backend, 3)).isTrue()).doesNotThrowAnyException();
    }
    assertThat(right).isPositive();
  }

  /** Whether the backend answered; false where it refused. A wrong answer fails the test. */
  private static boolean product(Backend backend, float value) {
    int n = 24;
    try (Tensor a = backend.memory().allocate(Shape.of(n, n));
        Tensor out = backend.memory().allocate(Shape.of(n, n))) {
      backend.memory().fill(a, value);
      backend.dense().gemm(a, false, a, true, 1, 0, Epilogue.NONE, out);
      assertThat(backend.memory().download(out)).containsOnly(n * value * value);
      return true;
    } catch (IllegalStateException refused) {
      assertThat(refused).hasMessageContaining("give each thread a backend");
      return false;
    }
  }

  private <T> T inTheOther(Callable<T> task) throws Exception {
    return other.submit(task).get(30, TimeUnit.SECONDS);
  }

  private static List<Method> operations(Class<?> group) {
    return Arrays.stream(group.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .toList();
  }

  private static Object part(Backend backend, Class<?> group) throws ReflectiveOperationException {
    for (Method method : Backend.class.getMethods()) {
      if (method.getReturnType() == group) {
        return method.invoke(backend);
      }
    }
    throw new AssertionError("no backend has a " + group);
  }

  private static void invoke(Method operation, Object part) throws Throwable {
    try {
      operation.invoke(part, arguments(operation));
    } catch (InvocationTargetException thrown) {
      throw thrown.getCause();
    }
  }

  /** Zeros and nulls: whoever is refused is refused before anyone looks at them. */
  private static Object[] arguments(Method operation) {
    return Arrays.stream(operation.getParameterTypes())
        .map(type -> Array.get(Array.newInstance(type, 1), 0))
        .toArray();
  }

  private interface Body {
    Object answer(Method method, Object[] arguments) throws ReflectiveOperationException;
  }

  private static <T> T proxy(Class<T> type, Body body) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "equals" ->
                      System.identityHashCode(self) == System.identityHashCode(arguments[0]);
                  case "hashCode" -> System.identityHashCode(self);
                  case "toString" -> "a " + type.getSimpleName();
                  default -> body.answer(method, arguments == null ? new Object[0] : arguments);
                }));
  }
}
