package dev.wta.eval.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a browser: opened, clicked, shrunk and darkened. */
class ReportPageTest {
  private static final String OPEN_VIEW = "dialog[open] .portrait";

  @TempDir private static Path folder;
  @TempDir private static Path profile;
  private static Path page;
  private static Chromium browser;

  @BeforeAll
  static void writeAndStart() throws Exception {
    Optional<Path> chromium = Chromium.find();
    assumeTrue(chromium.isPresent(), "there is no chromium on the PATH");
    try (TinyRun run = TinyRun.fullyConnected(folder.resolve("run")).probed()) {
      page =
          RunReport.of(run.directory, run.model)
              .data(run.data)
              .write(folder.resolve("report"))
              .page();
    }
    browser = Chromium.start(chromium.get(), profile);
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void openAsNew() throws Exception {
    browser.runScripts(true);
    browser.prefer("light");
    browser.resize(1280, 900);
    browser.open(page);
  }

  private static int count(String selector) throws Exception {
    return browser.evaluate("document.querySelectorAll('%s').length".formatted(selector)).asInt();
  }

  private static String text(String selector) throws Exception {
    return browser
        .evaluate("document.querySelector('%s').textContent".formatted(selector))
        .asText();
  }

  @Test
  void neitherComplainsNorAsksForAnythingElse() throws Exception {
    browser.click(".filters a");
    assertThat(browser.complaints()).isEmpty();
    assertThat(browser.requests()).containsExactly(page.toUri().toString());
  }

  @Test
  void everyPictureDecodesIsCrispAndIsDescribed() throws Exception {
    assertThat(count("img")).isGreaterThan(200);
    assertThat(
            browser
                .evaluate(
                    """
                    Promise.all([...document.images].map(image => image.decode().then(
                        () => image.alt && getComputedStyle(image).imageRendering === 'pixelated'
                            ? 0 : 1, () => 1)))
                        .then(wrong => wrong.reduce((a, b) => a + b))
                    """)
                .asInt())
        .as("pictures that do not decode, or have no description")
        .isZero();
  }

  @Test
  void aClickOnAFilterOpensItsUnitAndEscapeClosesIt() throws Exception {
    assertThat(count(OPEN_VIEW)).isZero();
    browser.click(".filters li:nth-child(3) a");
    assertThat(count(OPEN_VIEW)).isEqualTo(1);
    String unit = browser.evaluate("document.querySelectorAll('.filters a')[2].hash").asText();
    assertThat("#" + text(OPEN_VIEW + " h3").toLowerCase(Locale.ROOT).replace(' ', '-'))
        .isEqualTo(unit);
    assertThat(text(OPEN_VIEW)).contains("active on", "largest activation");
    assertThat(count(OPEN_VIEW + " img")).isEqualTo(2);
    browser.press("Escape", 27);
    assertThat(count(OPEN_VIEW)).isZero();
    assertThat(browser.evaluate("document.activeElement.hash").asText()).isEqualTo(unit);
  }

  @Test
  void arrowsMoveFromFilterToFilterAndFromUnitToUnit() throws Exception {
    browser.evaluate("document.querySelector('.filters a').focus()");
    browser.press("ArrowRight", 39);
    String second = browser.evaluate("document.querySelectorAll('.filters a')[1].hash").asText();
    assertThat(browser.evaluate("document.activeElement.hash").asText()).isEqualTo(second);
    browser.click(".filters a");
    String first = text(OPEN_VIEW + " h3");
    browser.press("ArrowRight", 39);
    assertThat(text(OPEN_VIEW + " h3")).isNotEqualTo(first);
    browser.press("ArrowLeft", 37);
    assertThat(text(OPEN_VIEW + " h3")).isEqualTo(first);
  }

  @Test
  void aCurveIsReadOffByPointingAtIt() throws Exception {
    browser.hover(".curve .linear svg");
    assertThat(text(".curve .readout")).matches("step \\d+: [\\d.]+");
  }

  @Test
  void aSwitchShowsTheLogarithmicAxis() throws Exception {
    String shown = "getComputedStyle(document.querySelector('.curve:has(.log) .log')).display";
    assertThat(browser.evaluate(shown).asText()).isEqualTo("none");
    browser.click(".logarithmic");
    assertThat(browser.evaluate(shown).asText()).isEqualTo("block");
  }

  @Test
  void aPhoneNeedNotScrollSideways() throws Exception {
    browser.resize(360, 740);
    browser.open(page);
    assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
        .isLessThanOrEqualTo(360);
    browser.click(".filters a");
    assertThat(
            browser
                .evaluate("document.querySelector('dialog').getBoundingClientRect().right")
                .asDouble())
        .isLessThanOrEqualTo(360);
  }

  @Test
  void theDarkSchemeDarkensIt() throws Exception {
    String brightness =
        """
        getComputedStyle(document.documentElement).backgroundColor
            .match(/\\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0)
        """;
    assertThat(browser.evaluate(brightness).asInt()).isGreaterThan(700);
    browser.prefer("dark");
    assertThat(browser.evaluate(brightness).asInt()).isLessThan(100);
    browser.click(".theme");
    assertThat(browser.evaluate(brightness).asInt()).isGreaterThan(700);
  }

  @Test
  void headingsAndTablesAreMarkedUpAsSuch() throws Exception {
    assertThat(count("h1")).isEqualTo(1);
    assertThat(count("section:not([aria-labelledby])")).isZero();
    assertThat(count("table:not(:has(caption))")).isZero();
    assertThat(count("th:not([scope])")).isZero();
    assertThat(count("svg[role=img]:not([aria-label])")).isZero();
    assertThat(
            browser
                .evaluate(
                    "document.querySelectorAll('[id]').length"
                        + " - new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size")
                .asInt())
        .as("ids that are there twice")
        .isZero();
  }

  @Test
  void itCanBeReadWithoutScripts() throws Exception {
    browser.runScripts(false);
    browser.open(page);
    browser.runScripts(true); // only to ask
    assertThat(count("dialog")).isZero();
    assertThat(count(".portraits .portrait")).isGreaterThan(20);
    assertThat(count("svg")).isGreaterThan(5);
  }
}
