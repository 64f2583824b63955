package dev.wta.models.exchange.pytorch;

import dev.wta.api.WtaException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * Reads the pickle of a state dictionary. It knows the operations of {@link PickleOperation} and
 * the names of {@link PickleGlobal}, and refuses everything else by name. A pickle is a program for
 * a machine with a stack; here a call makes an ordered dictionary or a tensor's place, and nothing
 * else can be called.
 *
 * <p>What it makes are maps with texts as keys, lists (tuples, too), texts, {@link Long}, {@link
 * Double}, {@link Boolean}, {@link PickledTensor} and {@link #NOTHING}.
 */
final class Unpickler {
  /** Python's {@code None}. */
  static final Object NOTHING = new Object();

  private static final int PROTOCOL = 2;
  private static final int MOST_LINE = 256;

  private final Path file;
  private final ByteBuffer in;
  private final Map<Integer, Object> memo = new HashMap<>();
  private final Deque<List<Object>> below = new ArrayDeque<>(); // what lies below each mark
  private List<Object> stack = new ArrayList<>();

  private Unpickler(Path file, byte[] pickle) {
    this.file = file;
    in = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * The value of a pickle.
   *
   * @param file for messages
   * @throws WtaException if it is cut or damaged, or asks for anything that a state dictionary has
   *     not
   */
  static Object read(Path file, byte[] pickle) {
    Unpickler unpickler = new Unpickler(file, pickle);
    try {
      return unpickler.run();
    } catch (BufferUnderflowException cut) {
      throw unpickler.damaged("it ends early", cut);
    } catch (ClassCastException | IndexOutOfBoundsException | NoSuchElementException wrong) {
      throw unpickler.damaged("at byte %d".formatted(unpickler.in.position()), wrong);
    }
  }

  private Object run() {
    while (true) {
      int code = Byte.toUnsignedInt(in.get());
      PickleOperation operation =
          PickleOperation.of(code)
              .orElseThrow(
                  () -> refused("the operation %s".formatted(PickleOperation.nameOf(code))));
      if (operation == PickleOperation.STOP) {
        if (stack.size() != 1 || !below.isEmpty()) {
          throw damaged("it ends with %d values".formatted(stack.size()), null);
        }
        return pop();
      }
      execute(operation);
    }
  }

  private void execute(PickleOperation operation) {
    switch (operation) {
      case PROTO -> {
        int protocol = in.get();
        if (protocol != PROTOCOL) {
          throw refused("pickle protocol %d".formatted(protocol));
        }
      }
      case MARK -> {
        below.push(stack);
        stack = new ArrayList<>();
      }
      case NONE -> stack.add(NOTHING);
      case NEWTRUE -> stack.add(true);
      case NEWFALSE -> stack.add(false);
      case BININT -> stack.add((long) in.getInt());
      case BININT1 -> stack.add((long) Byte.toUnsignedInt(in.get()));
      case BININT2 -> stack.add((long) Short.toUnsignedInt(in.getShort()));
      case LONG1 -> stack.add(longInteger());
      case BINFLOAT -> stack.add(Double.longBitsToDouble(Long.reverseBytes(in.getLong())));
      case BINUNICODE -> stack.add(text());
      case EMPTY_TUPLE, EMPTY_LIST -> stack.add(new ArrayList<>());
      case TUPLE -> {
        List<Object> tuple = popToMark(); // it is another stack afterwards
        stack.add(tuple);
      }
      case TUPLE1 -> stack.add(popTuple(1));
      case TUPLE2 -> stack.add(popTuple(2));
      case TUPLE3 -> stack.add(popTuple(3));
      case APPEND -> {
        Object item = pop();
        list(top()).add(item);
      }
      case APPENDS -> {
        List<Object> items = popToMark();
        list(top()).addAll(items);
      }
      case EMPTY_DICT -> stack.add(new LinkedHashMap<>());
      case SETITEM -> putAll(popTuple(2));
      case SETITEMS -> putAll(popToMark());
      case BINPUT -> memo.put(Byte.toUnsignedInt(in.get()), top());
      case LONG_BINPUT -> memo.put(in.getInt(), top());
      case BINGET -> stack.add(remembered(Byte.toUnsignedInt(in.get())));
      case LONG_BINGET -> stack.add(remembered(in.getInt()));
      case GLOBAL -> stack.add(global());
      case REDUCE -> {
        List<Object> arguments = list(pop());
        stack.add(called((PickleGlobal) pop(), arguments));
      }
      case BUILD -> { // a state dictionary's _metadata, of no use here
        pop();
        map(top());
      }
      case BINPERSID -> stack.add(storage(list(pop())));
      case STOP -> throw new IllegalStateException("STOP is not executed");
    }
  }

  private long longInteger() {
    int bytes = Byte.toUnsignedInt(in.get());
    if (bytes > Long.BYTES) {
      throw refused("a whole number of %d bytes".formatted(bytes));
    }
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (long) Byte.toUnsignedInt(in.get()) << Byte.SIZE * i;
    }
    int unused = Long.SIZE - Byte.SIZE * bytes;
    return bytes == 0 ? 0 : value << unused >> unused;
  }

  private String text() {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private String line() {
    StringBuilder line = new StringBuilder();
    for (char next = (char) in.get(); next != '\n'; next = (char) in.get()) {
      if (line.length() == MOST_LINE) {
        throw damaged("a name of more than %d letters".formatted(MOST_LINE), null);
      }
      line.append(next);
    }
    return line.toString();
  }

  private PickleGlobal global() {
    String module = line();
    String title = module + " " + line();
    return PickleGlobal.titled(title)
        .orElseThrow(() -> refused("'%s'".formatted(title.replace(' ', '.'))));
  }

  private Object called(PickleGlobal what, List<Object> arguments) {
    return switch (what) {
      case ORDERED_DICT -> {
        if (!arguments.isEmpty()) {
          throw damaged("an OrderedDict with arguments", null);
        }
        yield new LinkedHashMap<>();
      }
      case REBUILD_TENSOR -> tensor(arguments);
      case REBUILD_PARAMETER -> (PickledTensor) arguments.getFirst();
      default -> throw refused("a call of '%s'".formatted(what.title().replace(' ', '.')));
    };
  }

  /** {@code (storage, offset, size, stride, requires_grad, hooks)}, of which four count. */
  private PickledTensor tensor(List<Object> arguments) {
    PickledTensor tensor =
        new PickledTensor(
            (PickledTensor.Storage) arguments.get(0),
            (Long) arguments.get(1),
            wholes(arguments.get(2)),
            wholes(arguments.get(3)));
    if (!tensor.fits()) {
      throw damaged("a tensor that does not fit its storage", null);
    }
    return tensor;
  }

  private static List<Long> wholes(Object tuple) {
    return list(tuple).stream().map(Long.class::cast).toList();
  }

  /** {@code ('storage', type, key, device, numbers)}. */
  private PickledTensor.Storage storage(List<Object> id) {
    PickleGlobal type = (PickleGlobal) id.get(1);
    if (!id.getFirst().equals("storage") || type.stored().isEmpty()) {
      throw damaged("a persistent id that is no storage", null);
    }
    return new PickledTensor.Storage(type.stored().get(), (String) id.get(2), (Long) id.get(4));
  }

  private void putAll(List<Object> keysAndValues) {
    Map<Object, Object> map = map(top());
    for (int i = 0; i < keysAndValues.size(); i += 2) {
      map.put((String) keysAndValues.get(i), keysAndValues.get(i + 1));
    }
  }

  private Object remembered(int place) {
    return Optional.ofNullable(memo.get(place))
        .orElseThrow(() -> damaged("nothing at place %d of its memory".formatted(place), null));
  }

  private Object top() {
    return stack.getLast();
  }

  private Object pop() {
    return stack.removeLast();
  }

  private List<Object> popTuple(int size) {
    List<Object> last = stack.subList(stack.size() - size, stack.size());
    List<Object> tuple = new ArrayList<>(last);
    last.clear();
    return tuple;
  }

  private List<Object> popToMark() {
    if (below.isEmpty()) {
      throw damaged("no mark", null);
    }
    List<Object> items = stack;
    stack = below.pop();
    return items;
  }

  @SuppressWarnings("unchecked") // all lists are made here
  private static List<Object> list(Object value) {
    return (List<Object>) value;
  }

  @SuppressWarnings("unchecked") // all maps are made here
  private static Map<Object, Object> map(Object value) {
    return (Map<Object, Object>) value;
  }

  private WtaException refused(String what) {
    return new WtaException(
        "the pickle of %s has %s, which no state dictionary has; it is not run"
            .formatted(file, what),
        "save the weights alone: torch.save(model.state_dict(), file)");
  }

  private WtaException damaged(String how, Exception cause) {
    return new WtaException(
        "the pickle of %s is damaged: %s".formatted(file, how),
        "get the file again from its source",
        cause);
  }
}
