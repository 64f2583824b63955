package dev.wta.eval.report.html;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HtmlTest {
  private static String written(Html html) {
    StringBuilder out = new StringBuilder();
    html.writeTo(out);
    return out.toString();
  }

  @Test
  void nothingThatIsShownBecomesMarkup() {
    Element element =
        Element.of("p", "<script>alert(1)</script> & co")
            .with("title", "\" onclick='alert(2)' x=\"<");
    assertThat(written(element))
        .isEqualTo(
            "<p title=\"&quot; onclick=&#39;alert(2)&#39; x=&quot;&lt;\">"
                + "&lt;script&gt;alert(1)&lt;/script&gt; &amp; co</p>");
  }

  @Test
  void whatTurnsTextAroundIsShown() {
    assertThat(written(Element.of("p", "gnp.\u202eexe\u0000").with("title", "\u001b[2J")))
        .isEqualTo("<p title=\"\\u001b[2J\">gnp.\\u202eexe\\u0000</p>");
  }

  @Test
  void emptyElementsHaveNoEnd() {
    assertThat(written(Element.of("img").with("alt", ""))).isEqualTo("<img alt=\"\">");
    assertThatIllegalStateException()
        .isThrownBy(() -> written(Element.of("img", "content")))
        .withMessageContaining("img");
  }

  @ParameterizedTest
  @CsvSource({
    "0.0115,1.15 %",
    "0.125,12.5 %",
    "0,0.00 %",
    "1,100.0 %",
    "0.00001,1.0e-03 %",
    "0.9499,95.0 %"
  })
  void partsAreWrittenAsPercent(double part, String words) {
    assertThat(NumberFormats.percent(part)).isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource({
    "94,94",
    "2.5113,2.511",
    "60000,'60,000'",
    "12345.6,'12,346'",
    "0.05,0.05",
    "1e-9,1.00e-09"
  })
  void numbersHaveFourDigitsThatTellSomething(double number, String words) {
    assertThat(NumberFormats.number(number)).isEqualTo(words);
  }
}
