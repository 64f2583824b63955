package dev.wta.api.contract.mutant;

import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A backend with one mistake in it.
 *
 * @param mistake in words
 * @param group the method of {@link Backend} whose result has the mistake, such as {@code dense}
 * @param operation the operation that makes it
 * @param body what the operation does instead
 */
public record Mutant(String mistake, String group, String operation, Body body) {

  /** Does an operation's work wrongly, by way of the right backend. */
  public interface Body {
    void run(Backend right, Operation operation);
  }

  /** The operation as it was called, and what it answers. */
  public record Operation(
      Object group, Method method, List<Object> arguments, AtomicReference<Object> answer) {
    public Tensor tensor(int index) {
      return (Tensor) arguments.get(index);
    }

    public float number(int index) {
      return (Float) arguments.get(index);
    }

    /** Does what was asked for. */
    public void proceed() {
      answer(invoke(group, method, arguments.toArray()));
    }

    /** What the right backend answered. */
    public Object answered() {
      return answer.get();
    }

    /** Answers something else. */
    public void answer(Object instead) {
      answer.set(instead);
    }

    /** Does the same with another argument. */
    public void proceedWith(int index, Object argument) {
      Object[] changed = arguments.toArray();
      changed[index] = argument;
      answer(invoke(group, method, changed));
    }
  }

  /** {@code right} with the mistake. */
  public Backend of(Backend right) {
    return (Backend)
        proxy(
            Backend.class,
            (method, arguments) -> {
              Object result = invoke(right, method, arguments);
              return method.getName().equals(group)
                  ? proxy(method.getReturnType(), (m, a) -> mistaken(right, result, m, a))
                  : result;
            });
  }

  private Object mistaken(Backend right, Object group, Method method, Object[] arguments) {
    if (!method.getName().equals(operation)) {
      return invoke(group, method, arguments);
    }
    Operation called = new Operation(group, method, List.of(arguments), new AtomicReference<>());
    body.run(right, called);
    return called.answered();
  }

  @Override
  public String toString() {
    return mistake;
  }

  private interface Call {
    Object answer(Method method, Object[] arguments);
  }

  private static Object proxy(Class<?> type, Call call) {
    return Proxy.newProxyInstance(
        Mutant.class.getClassLoader(),
        new Class<?>[] {type},
        (_, method, arguments) ->
            call.answer(method, Optional.ofNullable(arguments).orElse(new Object[0])));
  }

  private static Object invoke(Object target, Method method, Object[] arguments) {
    try {
      method.setAccessible(true);
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException thrown) {
        throw thrown;
      }
      throw new AssertionError(e.getCause());
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }
}
