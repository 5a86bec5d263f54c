package dev.muster.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** How those are answered who are not let in (rest.md §1, §2). */
final class Answers {

  static final String SIGN_IN_PAGE = "/sign-in.html";

  private Answers() {}

  /** A gateway's refusal is in the gateway's form, any other in the service's. */
  static void refuse(HttpServletResponse response, Identity.Refused refused) throws IOException {
    if (refused.after() != null) {
      response.setHeader(
          "Retry-After", String.valueOf(Math.max(1, Identity.Refused.ceil(refused.after()))));
    }
    if (refused.status() == HttpServletResponse.SC_UNAUTHORIZED) {
      response.setHeader("WWW-Authenticate", "Bearer error=\"invalid_token\"");
    }
    switch (refused.code()) {
      case 1_306_000, 1_306_403 -> gateway(response, refused.code(), refused.message());
      case 3_800_018 ->
          write(
              response,
              200,
              fields("code", refused.code(), "message", refused.message(), "result", false));
      default -> envelope(response, refused.status(), refused.code(), refused.message());
    }
  }

  static void gateway(HttpServletResponse response, int code, String message) throws IOException {
    write(
        response,
        200,
        fields(
            "result",
            false,
            "code",
            code,
            "data",
            null,
            "message",
            message,
            "request_id",
            UUID.randomUUID().toString().replace("-", "")));
  }

  static void envelope(HttpServletResponse response, int status, int code, String message)
      throws IOException {
    write(
        response,
        status,
        fields(
            "result",
            false,
            "code",
            code,
            "data",
            null,
            "message",
            message + "（" + code + "）",
            "errors",
            null));
  }

  /**
   * Who proves nothing: a person who opens a page is sent to the sign-in, a page's script is told
   * where that is, and any other client is told what its request lacks.
   */
  static void askWho(HttpServletRequest request, HttpServletResponse response, String loginUrl)
      throws IOException {
    if (navigates(request)) {
      response.setStatus(HttpServletResponse.SC_FOUND);
      response.setHeader("Location", loginUrl);
      response.setHeader("Cache-Control", "no-store");
    } else if (isScript(request)) {
      write(
          response,
          HttpServletResponse.SC_UNAUTHORIZED,
          fields("login_url", loginUrl, "width", 460, "height", 490, "has_plain", false));
    } else {
      gateway(response, 1_306_000, "APP Code [bk_app_code] cannot be empty");
    }
  }

  static boolean navigates(HttpServletRequest request) {
    String mode = request.getHeader("Sec-Fetch-Mode");
    String accept = request.getHeader("Accept");
    return request.getMethod().equals("GET")
        && request.getHeader("X-Requested-With") == null
        && (mode == null
            ? accept != null && accept.contains("text/html")
            : mode.equals("navigate"));
  }

  private static boolean isScript(HttpServletRequest request) {
    return "XMLHttpRequest".equals(request.getHeader("X-Requested-With"))
        || request.getHeader("Sec-Fetch-Site") != null
        || request.getHeader("Cookie") != null;
  }

  private static Map<String, @Nullable Object> fields(@Nullable Object... namesAndValues) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
    }
    return fields;
  }

  private static void write(
      HttpServletResponse response, int status, Map<String, @Nullable Object> fields)
      throws IOException {
    response.setStatus(status);
    response.setContentType("application/json");
    response.setHeader("Cache-Control", "no-store");
    response
        .getOutputStream()
        .write(JsonMapper.shared().writeValueAsString(fields).getBytes(StandardCharsets.UTF_8));
  }
}
