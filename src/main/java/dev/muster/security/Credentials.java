package dev.muster.security;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** What a request carries to prove who sends it. Never logged: it holds secrets. */
final class Credentials {

  static final String CODE = "bk_app_code";
  static final String SECRET = "bk_app_secret";
  static final String TOKEN = "bk_token";
  static final String USER = "bk_username";

  private static final List<String> FIELDS = List.of(CODE, SECRET, TOKEN, USER);
  private static final String HEADER = "X-Bkapi-Authorization";
  private static final int LONGEST = 8_192;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(50).build())
          .build();

  private final HttpServletRequest request;
  private final Map<String, String> fields;

  private Credentials(HttpServletRequest request, Map<String, String> fields) {
    this.request = request;
    this.fields = fields;
  }

  /**
   * Reads fields from the body, the query and the header; a later one of these wins.
   *
   * @param body JSON, or empty if the body is not to be read
   */
  static Credentials of(HttpServletRequest request, byte[] body) {
    Map<String, String> fields = new HashMap<>();
    fields.putAll(ofJson(body));
    fields.putAll(ofQuery(request.getQueryString()));
    String header = request.getHeader(HEADER);
    if (header != null) {
      fields.putAll(ofJson(header.getBytes(StandardCharsets.UTF_8)));
    }
    return new Credentials(request, fields);
  }

  /** The texts at the top of an object; of one that breaks off, those before the break. */
  private static Map<String, String> ofJson(byte[] json) {
    Map<String, String> found = new HashMap<>();
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return found;
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        if (parser.nextToken() == JsonToken.VALUE_STRING && FIELDS.contains(name)) {
          put(found, name, parser.getString());
        }
        parser.skipChildren();
      }
    } catch (JacksonException e) {
      // Whoever reads the body for its contents says what is wrong with it.
    }
    return found;
  }

  private static Map<String, String> ofQuery(@Nullable String query) {
    Map<String, String> found = new HashMap<>();
    if (query == null || FIELDS.stream().noneMatch(query::contains)) {
      return found;
    }
    Map<String, List<String>> parameters =
        UriComponentsBuilder.newInstance().query(query).build().getQueryParams();
    for (String name : FIELDS) {
      List<String> values = parameters.getOrDefault(name, List.of());
      if (!values.isEmpty() && values.getLast() != null) {
        try {
          put(
              found,
              name,
              UriUtils.decode(values.getLast().replace('+', ' '), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
          // Not an encoded text, so it proves nothing.
        }
      }
    }
    return found;
  }

  private static void put(Map<String, String> found, String name, String value) {
    if (!value.isBlank() && value.length() <= LONGEST) {
      found.put(name, value.strip());
    }
  }

  Optional<String> field(String name) {
    return Optional.ofNullable(fields.get(name));
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(request.getHeader(name))
        .map(String::strip)
        .filter(value -> !value.isEmpty() && value.length() <= LONGEST);
  }

  Optional<String> cookie(String name) {
    Cookie[] cookies = request.getCookies();
    return cookies == null
        ? Optional.empty()
        : Stream.of(cookies)
            .filter(cookie -> cookie.getName().equals(name))
            .map(Cookie::getValue)
            .filter(value -> !value.isEmpty() && value.length() <= LONGEST)
            .findFirst();
  }

  Optional<HttpSession> session() {
    return Optional.ofNullable(request.getSession(false));
  }

  /** Where the request comes from; of IPv6 the network, which one person has for themselves. */
  String address() {
    String address = request.getRemoteAddr();
    String[] groups = address.split(":");
    return groups.length == 8 ? String.join(":", List.of(groups).subList(0, 4)) : address;
  }
}
