package dev.wta.api.contract.fuzz;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The choices that make up a case. Each has a name, and is drawn from the seed, the case's index
 * and that name alone, unless it is given: so a case can be written as words, and one choice
 * changed without the others. Whatever is given, a case of it can be run: what goes together is
 * derived, not chosen.
 */
final class Choices {
  /** The numbers that kernels cut their work by. */
  private static final int[] TILES = {8, 16, 48, 96, 264};

  private static final int LONG = 4_000;
  private static final int LONGEST = 150_000;

  private final long seed;
  private final long index;
  private final Map<String, String> given;
  private final Map<String, Choice> made = new LinkedHashMap<>();

  /** What was chosen, and what could be chosen instead to make the case simpler. */
  record Choice(String label, Set<String> simpler) {}

  Choices(long seed, long index, Map<String, String> given) {
    this.seed = seed;
    this.index = index;
    this.given = given;
  }

  /** What was given is no choice of this case. */
  static final class Invalid extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    Invalid(String message) {
      super(message);
    }
  }

  /** All choices made so far. */
  Map<String, Choice> made() {
    return made;
  }

  /** The choices as {@link #parse} reads them. */
  static String format(Map<String, Choice> choices) {
    return choices.entrySet().stream()
        .map(choice -> choice.getKey() + "=" + choice.getValue().label())
        .collect(Collectors.joining(" "));
  }

  static Map<String, String> parse(String text) {
    Map<String, String> choices = new LinkedHashMap<>();
    for (String choice : text.isBlank() ? new String[0] : text.trim().split("\\s+")) {
      int equals = choice.indexOf('=');
      if (equals < 1) {
        throw new Invalid("'%s' is no choice, which is written name=value".formatted(choice));
      }
      choices.put(choice.substring(0, equals), choice.substring(equals + 1));
    }
    return choices;
  }

  /** The numbers that belong to {@code name}. */
  Noise noise(String name) {
    return Noise.of(seed, index, name);
  }

  /** A whole number between {@code low} and {@code high}, both included. */
  int between(String name, int low, int high) {
    return number(name, low, low + noise(name).below(high - low + 1));
  }

  /** One of {@code values}, the simplest first; those named several times are chosen as often. */
  <T> T pick(String name, List<T> values) {
    String label = given.get(name);
    T picked =
        label == null ? values.get(noise(name).below(values.size())) : find(name, values, label);
    Set<String> simpler = new LinkedHashSet<>();
    for (T value : values.subList(0, values.indexOf(picked))) {
      simpler.add(value.toString());
    }
    made.put(name, new Choice(picked.toString(), simpler));
    return picked;
  }

  boolean flag(String name) {
    return pick(name, List.of(false, true));
  }

  /** What a case may cost at most, in multiply-adds or elements: log-uniform, the rest cheaper. */
  double budget(double most) {
    return Math.exp(noise("budget").uniform() * Math.log(most / 64)) * 64;
  }

  /** Extents whose product is within {@code budget}; now and then one of them is 0. */
  int[] extents(double budget, String... names) {
    int[] extents = new int[names.length];
    int first = noise("order").below(names.length);
    double left = budget;
    for (int i = 0; i < names.length; i++) {
      int axis = (first + i) % names.length;
      extents[axis] = extent(names[axis], left);
      left /= Math.max(1, extents[axis]);
    }
    return extents;
  }

  /** Log-uniform up to {@code most} and some thousands, often next to a multiple of a tile. */
  int extent(String name, double most) {
    Noise noise = noise(name);
    double kind = noise.uniform();
    if (kind < 0.02) {
      return number(name, 0, 0);
    }
    int top = (int) Math.max(1, Math.min(most, kind < 0.05 ? LONGEST : LONG));
    int size = (int) Math.exp(noise.uniform() * Math.log(top + 0.99));
    int tile = TILES[noise.below(TILES.length)];
    if (kind > 0.5 && tile <= top) {
      size = Math.max(1, Math.round((float) size / tile)) * tile + noise.below(3) - 1;
    }
    return number(name, 1, Math.clamp(size, 1, top));
  }

  /** A k for groups of {@code group}: of every size, often about the group's, and past it. */
  int winners(String name, int group) {
    Noise noise = noise(name);
    double kind = noise.uniform();
    int k;
    if (kind < 0.15) {
      k = group + noise.below(3) - 1;
    } else if (kind < 0.18) {
      k = noise.below(2) == 0 ? Integer.MAX_VALUE : 3 * group;
    } else {
      k = (int) Math.exp(noise.uniform() * Math.log(1.25 * group + 1.99));
    }
    return number(name, 1, Math.max(1, k));
  }

  private int number(String name, int least, int drawn) {
    int value = given.containsKey(name) ? parseNumber(name, given.get(name), least) : drawn;
    Set<String> simpler = new LinkedHashSet<>();
    for (int smaller : new int[] {least, value / 2, value - value / 4, value - 1}) {
      if (smaller >= least && smaller < value) {
        simpler.add(Integer.toString(smaller));
      }
    }
    made.put(name, new Choice(Integer.toString(value), simpler));
    return value;
  }

  private static int parseNumber(String name, String label, int least) {
    if (label.matches("\\d{1,10}")
        && Long.parseLong(label) >= least
        && Long.parseLong(label) <= Integer.MAX_VALUE) {
      return Integer.parseInt(label);
    }
    throw new Invalid("%s is a whole number from %d on, not '%s'".formatted(name, least, label));
  }

  private static <T> T find(String name, List<T> values, String label) {
    return values.stream()
        .filter(value -> value.toString().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new Invalid(
                    "%s is none of %s, but '%s'"
                        .formatted(name, new LinkedHashSet<>(values), label)));
  }
}
