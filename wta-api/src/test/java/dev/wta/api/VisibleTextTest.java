package dev.wta.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class VisibleTextTest {
  static Stream<Arguments> escaped() {
    return Stream.of(
        Arguments.of("\u001b[2J\u001b[1;31mred", "\\u001b[2J\\u001b[1;31mred"),
        Arguments.of("a\bb\u0007c\u007fd", "a\\u0008b\\u0007c\\u007fd"),
        Arguments.of("\u009b2J", "\\u009b2J"),
        Arguments.of("gnp.\u202eexe", "gnp.\\u202eexe"),
        Arguments.of("\u200e\u200f\u061c\u2066y\u2069", "\\u200e\\u200f\\u061c\\u2066y\\u2069"),
        Arguments.of("ad\u00admin\ufeff\u200b", "ad\\u00admin\\ufeff\\u200b"),
        Arguments.of("a\u2028b", "a\\u2028b"),
        Arguments.of("tag\udb40\udc41", "tag\\udb40\\udc41"),
        Arguments.of("half\ud83d", "half\\ud83d"),
        Arguments.of("over\rwritten", "over\\u000dwritten"));
  }

  @ParameterizedTest
  @MethodSource("escaped")
  void escapesWhatActsOrHides(String text, String expected) {
    assertThat(VisibleText.of(text)).isEqualTo(expected);
    assertThat(VisibleText.line(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "plain",
        "Übergröße",
        "数字",
        "\ud83d\ude00 smiles",
        "می\u200cخواهم",
        "a\\b",
        "e\u0301"
      })
  void keepsWhatIsSeen(String text) {
    assertThat(VisibleText.of(text)).isSameAs(text);
    assertThat(VisibleText.line(text)).isSameAs(text);
  }

  @Test
  void keepsTheLayoutOfSeveralLines() {
    String text = "one\n\ttwo\r\nthree\n";
    assertThat(VisibleText.of(text)).isSameAs(text);
    assertThat(VisibleText.line(text)).isEqualTo("one\\n\\ttwo\\u000d\\nthree\\n");
  }

  @Test
  void leavesNoControlCharacter() {
    StringBuilder all = new StringBuilder();
    IntStream.rangeClosed(0, Character.MAX_CODE_POINT).forEach(all::appendCodePoint);
    assertThat(VisibleText.line(all.toString()).codePoints())
        .noneMatch(Character::isISOControl)
        .noneMatch(c -> Character.getType(c) == Character.SURROGATE);
  }
}
