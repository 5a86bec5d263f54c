package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.projection.Language;
import jakarta.servlet.http.Cookie;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.http.HttpMethod;
import org.springframework.mock.web.MockHttpServletRequest;

/** Who is spoken to in which language (rest.md §2), and that everything can be said in both. */
class LanguagesTest {

  @ParameterizedTest(name = "header {0}, cookie {1}, browser {2}: {3}")
  @CsvSource(
      nullValues = "-",
      value = {
        "-, -, -, ZH",
        "en, -, -, EN",
        "zh-hans, en, en, ZH",
        "EN-us, zh-hans, zh, EN",
        "-, en, zh, EN",
        "-, zh-hans, en, ZH",
        "-, -, en, EN",
        "-, -, 'en-US,en;q=0.9', EN",
        "-, -, 'zh-CN,zh;q=0.9,en;q=0.8', ZH",
        "-, -, 'fr, en;q=0.3, zh;q=0.5', ZH",
        "-, -, 'fr, de', ZH",
        "-, -, '*', ZH",
        "-, -, 'english please;q=x', ZH",
        "fr, en, zh, EN",
        "'', '', '', ZH",
        "english, -, -, ZH",
        "en_US, -, -, EN"
      })
  void the_header_wins_over_the_cookie_and_the_cookie_over_the_browser(
      @Nullable String header, @Nullable String cookie, @Nullable String browser, Language spoken) {
    MockHttpServletRequest request = new MockHttpServletRequest();
    if (header != null) {
      request.addHeader("blueking-language", header);
    }
    if (cookie != null) {
      request.setCookies(new Cookie("other", "zh"), new Cookie("blueking_language", cookie));
    }
    if (browser != null) {
      request.addHeader("Accept-Language", browser);
    }
    assertThat(Languages.of(request)).isEqualTo(spoken);
  }

  @ParameterizedTest
  @EnumSource(Message.class)
  void a_sentence_has_the_same_values_in_both_languages(Message message) {
    assertThat(places(message, Language.EN)).isEqualTo(places(message, Language.ZH));
  }

  /** Which value is told as what: a place without a number takes the next one. */
  private static Set<String> places(Message message, Language language) {
    Set<String> places = new TreeSet<>();
    Matcher place = Pattern.compile("%(?:([0-9])\\$)?([sd])").matcher(message.pattern(language));
    int next = 1;
    while (place.find()) {
      String number = place.group(1) == null ? String.valueOf(next++) : place.group(1);
      places.add(number + place.group(2));
    }
    return places;
  }

  @Test
  void an_error_is_told_in_the_language_of_who_asked() {
    Edge edge = Edge.withoutDatabase();
    edge.send(HttpMethod.GET, "/nowhere", r -> r.header("blueking-language", "en"))
        .isError(404, 3_800_404, "there is nothing at /nowhere");
    edge.send(
            HttpMethod.GET,
            "/api/job/operate/",
            r -> r.cookie(new Cookie("blueking_language", "en")))
        .isError(200, 3_800_405, "Method \"GET\" not allowed.");
    edge.send(
            HttpMethod.POST,
            "/api/job/job_list/",
            r ->
                r.header("blueking-language", "en")
                    .contentType("application/json")
                    .content("{\"pagesize\":0,\"sort\":{\"head\":\"id\",\"sort_type\":\"ASC\"}}"))
        .isError(
            200,
            3_800_001,
            "Sort(sort): Sort by(head): 1.\"id\" is not a valid choice. Page size(pagesize): 1.Send 1 to 100000. ");
    edge.send(HttpMethod.GET, "/nowhere", r -> r).isError(404, 3_800_404, "/nowhere 不存在");
  }

  /** The literals of rest.md §8. */
  @Test
  void english_is_as_the_existing_service_speaks_it() {
    assertThat(Message.NO_SUCH_JOB.in(Language.EN, 7)).isEqualTo("No job with id 7 exists");
    assertThat(Message.NOTHING_TO_CHANGE.in(Language.EN)).isEqualTo("No instance to change");
    assertThat(Message.SYSTEM_ERROR.in(Language.EN))
        .isEqualTo("System error, please contact administrator");
  }
}
