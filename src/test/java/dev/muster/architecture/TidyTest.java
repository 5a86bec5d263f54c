package dev.muster.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What is checked about the files themselves, so that no review has to. A failure lists {@code
 * file:line: what; how to fix it}; {@link TidyBitesTest} proves that each rule bites.
 */
class TidyTest {

  private static final Checkout CHECKOUT = Checkout.here();

  @Test
  void classesAndWebFilesAreShort() {
    expectNone(TidyJava.longFiles(CHECKOUT));
  }

  @Test
  void methodsFitAScreen() {
    expectNone(TidyJava.longMethods(CHECKOUT));
  }

  @Test
  void packagesAreFewAndSmall() {
    expectNone(TidyJava.packagesOutOfBounds(CHECKOUT));
  }

  @Test
  void packagesSayWhatTheyAre() {
    expectNone(TidyJava.packagesWithoutSentence(CHECKOUT));
  }

  @Test
  void noBannedWordIsUsed() {
    expectNone(TidyText.bannedWords(CHECKOUT));
  }

  @Test
  void documentsHaveOneTitle() {
    expectNone(TidyMarkdown.headings(CHECKOUT));
  }

  @Test
  void linksAndImagesResolve() {
    expectNone(TidyMarkdown.brokenLinks(CHECKOUT));
  }

  @Test
  void decisionsAreNumberedShortAndWhole() {
    expectNone(TidyLayout.decisions(CHECKOUT));
  }

  @Test
  void theTopLevelStaysSmall() {
    expectNone(TidyLayout.topLevel(CHECKOUT));
  }

  @Test
  void scriptsStartAndParse() {
    expectNone(TidyLayout.scripts(CHECKOUT));
  }

  private static void expectNone(List<Violation> violations) {
    assertThat(violations.stream().map(Violation::toString).collect(Collectors.joining("\n")))
        .isEmpty();
  }
}
