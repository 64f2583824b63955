package dev.wta.reproduce;

/** The source of a reported figure. It is printed beside the figure. */
public enum ReportedFrom {
  /** In the paper's own text. */
  P("the paper's own text"),
  /** In the author's public code. */
  C("the author's public code"),
  /** On a third party's page, or in its code. */
  R("a third party's page or code"),
  /** As it is commonly quoted, and not checked against the paper: a target, not a fact. */
  M("as commonly quoted, not checked against the paper");

  private final String meaning;

  ReportedFrom(String meaning) {
    this.meaning = meaning;
  }

  public String meaning() {
    return meaning;
  }
}
