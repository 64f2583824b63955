package dev.wta.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamedCallTest {
  private static NamedCall call(String text) {
    return NamedCall.parse(text).orElseThrow();
  }

  @Test
  void aNameAndArguments() {
    assertThat(call(" ZCA ( 0.1, 5000 ) ")).isEqualTo(new NamedCall("zca", List.of("0.1", "5000")));
    assertThat(call("mean-norm")).isEqualTo(new NamedCall("mean-norm", List.of()));
    assertThat(call("none()")).isEqualTo(new NamedCall("none", List.of()));
    assertThat(call("zca(,)").arguments()).containsExactly("", "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "3", "5/3", "a b", "a(1", "a(1) b", "a((1))", "a)"})
  void otherText(String text) {
    assertThat(NamedCall.parse(text)).isEmpty();
  }

  @Test
  void numbers() {
    assertThat(call("both(32, 5e-2)").numbers(2)).containsExactly(32.0, 0.05);
    assertThat(call("none").numbers(0)).isEmpty();
    assertThat(call("lifetime(0.05)").number()).isEqualTo(0.05);
    assertThat(call("topk(3.0)").wholeNumber()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "topk(1.5) | it takes a whole number, not 1.5",
        "topk(1e10) | it takes a whole number, not 1.0E10",
        "topk(x) | 'x' is not a number",
        "topk | it takes one argument, not 0",
        "topk(1, 2) | it takes one argument, not 2"
      })
  void wrongArgumentsAreNamed(String text, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> call(text).wholeNumber())
        .withMessage(message);
  }

  @Test
  void thereMayBeAnyNumberOfArguments() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> call("none(1)").numbers(0))
        .withMessage("it takes no argument");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> call("both(1)").numbers(2))
        .withMessage("it takes 2 arguments, not 1");
  }
}
