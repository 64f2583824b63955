package dev.wta.bench.result;

import java.util.List;

/**
 * The results of one benchmark, a number a fork. The same code can run at half its speed in another
 * JVM, so one fork says little: the median is the result, and the extremes are shown with it.
 */
public record Forks(List<Double> results) {
  public Forks {
    if (results.isEmpty()) {
      throw new IllegalArgumentException("no forks were run");
    }
    results = results.stream().sorted().toList();
  }

  public int count() {
    return results.size();
  }

  public double median() {
    int middle = count() / 2;
    return count() % 2 == 1
        ? results.get(middle)
        : (results.get(middle - 1) + results.get(middle)) / 2;
  }

  public double min() {
    return results.getFirst();
  }

  public double max() {
    return results.getLast();
  }

  public Forks times(double factor) {
    return new Forks(results.stream().map(result -> factor * result).toList());
  }
}
