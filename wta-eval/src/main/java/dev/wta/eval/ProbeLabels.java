package dev.wta.eval;

import dev.wta.api.WtaException;
import dev.wta.data.Dataset;
import dev.wta.data.LabelGaps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The labels of a probe's two data sets, as far as they mean the same classes. Those with large
 * gaps between them are numbered anew, in both.
 */
final class ProbeLabels {
  private static final int MOST_NAMED = 10;

  private final int[] train;
  private final int[] test;
  private final int[] renumbered;
  private final List<String> notes = new ArrayList<>();

  private ProbeLabels(int[] train, int[] test, int[] renumbered) {
    this.train = train;
    this.test = test;
    this.renumbered = renumbered;
  }

  /**
   * Reads the labels of both.
   *
   * @throws WtaException if one has none, or both name their classes and a number has two names
   */
  static ProbeLabels of(Dataset train, Dataset test) {
    int[] trainLabels = train.labels();
    int[] testLabels = test.labels();
    requireSameNames(train, test);
    String strangers = strangers(train, trainLabels, testLabels, test);
    int[] occurring = LabelGaps.occurring(trainLabels, testLabels);
    boolean gaps = LabelGaps.in(occurring);
    ProbeLabels labels =
        gaps
            ? new ProbeLabels(
                LabelGaps.renumbered(trainLabels, occurring),
                LabelGaps.renumbered(testLabels, occurring),
                occurring)
            : new ProbeLabels(trainLabels, testLabels, new int[0]);
    if (gaps) {
      labels.notes.add(
          "the labels reach to %,d, and %s: they are numbered anew, from 0 in the order of their labels"
              .formatted(occurring[occurring.length - 1], LabelGaps.occur(occurring.length)));
    }
    if (!strangers.isEmpty()) {
      labels.notes.add(strangers);
    }
    return labels;
  }

  /** The class of each training sample. */
  int[] train() {
    return train;
  }

  /** The class of each test sample. */
  int[] test() {
    return test;
  }

  /** The label in the data of each class, where classes are numbered anew; otherwise empty. */
  List<Integer> renumbered() {
    return Arrays.stream(renumbered).boxed().toList();
  }

  /** What the user should know of the labels. */
  List<String> notes() {
    return notes;
  }

  private static void requireSameNames(Dataset train, Dataset test) {
    if (train.classNames().isEmpty() || test.classNames().isEmpty()) {
      return;
    }
    List<String> ofTrain = train.classNames().orElseThrow();
    List<String> ofTest = test.classNames().orElseThrow();
    int common = Math.min(ofTrain.size(), ofTest.size());
    for (int label = 0; label < common; label++) {
      if (!ofTrain.get(label).equals(ofTest.get(label))) {
        throw new WtaException(
            "the classes of %s and %s differ: class %d is '%s' in the first and '%s' in the second%s%s"
                .formatted(
                    train.name(),
                    test.name(),
                    label,
                    ofTrain.get(label),
                    ofTest.get(label),
                    only("; only the first has ", ofTrain, ofTest),
                    only("; only the second has ", ofTest, ofTrain)),
            "import the test set with --classes-of %s".formatted(train.name()));
      }
    }
  }

  private static String only(String lead, List<String> these, List<String> others) {
    Set<String> known = new HashSet<>(others);
    List<String> missing = these.stream().filter(name -> !known.contains(name)).toList();
    if (missing.isEmpty()) {
      return "";
    }
    String named =
        missing.stream().limit(MOST_NAMED).map("'%s'"::formatted).collect(Collectors.joining(", "));
    return lead + named + (missing.size() > MOST_NAMED ? ", ..." : "");
  }

  /** A note on test samples whose class the training samples lack; empty without any. */
  private static String strangers(Dataset train, int[] trained, int[] tested, Dataset test) {
    Set<Integer> known = Arrays.stream(trained).boxed().collect(Collectors.toSet());
    int[] unknown = Arrays.stream(tested).filter(label -> !known.contains(label)).toArray();
    if (unknown.length == 0) {
      return "";
    }
    String classes =
        Arrays.stream(unknown)
            .distinct()
            .sorted()
            .limit(MOST_NAMED)
            .mapToObj(label -> named(label, test))
            .collect(Collectors.joining(", "));
    return "%s has no sample of class %s: the %,d test samples of it count as errors"
        .formatted(train.name(), classes, unknown.length);
  }

  private static String named(int label, Dataset data) {
    return data.classNames()
        .filter(names -> label < names.size())
        .map(names -> "%d ('%s')".formatted(label, names.get(label)))
        .orElse(Integer.toString(label));
  }
}
