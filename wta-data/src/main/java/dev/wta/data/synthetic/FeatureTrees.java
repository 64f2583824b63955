package dev.wta.data.synthetic;

/**
 * Trees of features: a feature can be active only where its parent is, and of several children only
 * one. Features are numbered level by level: the roots, the children of the first root, those of
 * the second, and so on; those that are left over stand alone.
 *
 * @param features all features
 * @param roots the trees
 * @param branching the children of each feature above the last level
 * @param depth the levels below the roots
 * @param members the features in trees: the first ones
 */
record FeatureTrees(int features, int roots, int branching, int depth, int members) {
  static final int NONE = -1;

  /** Trees as far as the features go. */
  static FeatureTrees of(int features, int roots, int branching, int depth) {
    long members = roots;
    long level = roots;
    for (int i = 0; i < depth; i++) {
      level *= branching;
      members += level;
    }
    return new FeatureTrees(features, roots, branching, depth, (int) Math.min(members, features));
  }

  /** The first child of a feature; {@link #members} or more where it has none. */
  int firstChild(int feature) {
    return Math.addExact(roots, Math.multiplyExact(branching, feature));
  }

  /** The feature after the last child. */
  int endOfChildren(int feature) {
    return Math.min(firstChild(feature) + branching, members);
  }

  /** The parent of a feature, or {@link #NONE}. */
  int parent(int feature) {
    return feature < roots || feature >= members ? NONE : (feature - roots) / branching;
  }

  /**
   * The probability with which a feature has to be sampled as active, so that in the end it is
   * active about as often as its probability says, although its parent has to be active, too, and
   * it may lose to its siblings: {@code p / p_parent * (1 + sum of the siblings' p / p_parent)}, at
   * most 1.
   *
   * @param p each feature's probability
   */
  double[] compensated(double[] p) {
    double[] compensated = p.clone();
    for (int feature = roots; feature < members; feature++) {
      int parent = parent(feature);
      double siblings = -p[feature];
      for (int other = firstChild(parent); other < endOfChildren(parent); other++) {
        siblings += p[other];
      }
      double factor = (1 + Math.max(0, siblings) / p[parent]) / p[parent];
      compensated[feature] = Math.min(1, p[feature] * factor);
    }
    return compensated;
  }
}
