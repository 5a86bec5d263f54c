package dev.muster.http;

import dev.muster.projection.Language;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which language a caller is spoken to in (rest.md §2). */
final class Languages {

  private static final String NAME = "blueking-language";
  private static final String COOKIE = "blueking_language";
  private static final int LONGEST_WISH = 1_000;

  private Languages() {}

  /** What the header, then the cookie, then the browser wishes; Chinese if none says it. */
  static Language of(HttpServletRequest request) {
    return named(request.getHeader(NAME))
        .or(() -> cookies(request).flatMap(c -> named(c.getValue()).stream()).findFirst())
        .or(() -> accepted(request.getHeader("Accept-Language")))
        .orElse(Language.ZH);
  }

  private static Stream<Cookie> cookies(HttpServletRequest request) {
    Cookie[] cookies = request.getCookies();
    return cookies == null
        ? Stream.empty()
        : Stream.of(cookies).filter(c -> c.getName().equals(COOKIE));
  }

  private static Optional<Language> accepted(@Nullable String wishes) {
    if (wishes == null || wishes.isBlank() || wishes.length() > LONGEST_WISH) {
      return Optional.empty();
    }
    List<Locale.LanguageRange> best;
    try {
      best = Locale.LanguageRange.parse(wishes);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    return best.stream().flatMap(range -> named(range.getRange()).stream()).findFirst();
  }

  private static Optional<Language> named(@Nullable String tag) {
    if (tag == null) {
      return Optional.empty();
    }
    return switch (tag.strip().toLowerCase(Locale.ROOT).replaceAll("[-_].*", "")) {
      case "en" -> Optional.of(Language.EN);
      case "zh" -> Optional.of(Language.ZH);
      default -> Optional.empty();
    };
  }
}
