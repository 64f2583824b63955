package dev.wta.api;

/** The winner selection of a backend, for one thread at a time. */
record CheckedCompetition(Competition competition, OneThread thread) implements Competition {
  @Override
  public void select(Tensor activations, Rule rule, Winners winners) {
    try (var _ = thread.hold()) {
      competition.select(activations, rule, winners);
    }
  }

  @Override
  public void encodeWinners(Tensor x, Tensor weights, Tensor bias, Rule rule, Winners winners) {
    try (var _ = thread.hold()) {
      competition.encodeWinners(x, weights, bias, rule, winners);
    }
  }

  @Override
  public void encodeWinnersMaps(
      Tensor images, Tensor filters, Window window, Tensor bias, Rule rule, Winners winners) {
    try (var _ = thread.hold()) {
      competition.encodeWinnersMaps(images, filters, window, bias, rule, winners);
    }
  }
}
