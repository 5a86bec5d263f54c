package dev.muster.page;

import dev.muster.security.Needs;
import dev.muster.security.Users;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Signs people in on the page, and out. */
@RestController
class SignInController {

  private static final int MOST_BYTES = 16 * 1024;

  private final Users users;

  SignInController(Users users) {
    this.users = users;
  }

  @PostMapping("/api/sign-in")
  @Needs({})
  ResponseEntity<?> signIn(HttpServletRequest http) throws IOException {
    @Nullable JsonNode asked = json(http);
    if (asked == null) {
      return answer(
          HttpStatus.BAD_REQUEST, "post {\"user\": …, \"password\": …} as application/json");
    }
    String user = asked.path("user").asString("").strip();
    return switch (users.signIn(http, user, asked.path("password").asString(""))) {
      case Users.SignIn.Done done -> ResponseEntity.ok(Map.of("result", true, "user", done.user()));
      case Users.SignIn.Wrong wrong ->
          answer(HttpStatus.UNAUTHORIZED, "the name or the password is wrong");
      case Users.SignIn.TooOften often -> later(often.after());
    };
  }

  private static @Nullable JsonNode json(HttpServletRequest http) throws IOException {
    String type = http.getContentType();
    if (type == null || !type.startsWith("application/json")) {
      return null;
    }
    try {
      return JsonMapper.shared().readTree(http.getInputStream().readNBytes(MOST_BYTES));
    } catch (JacksonException e) {
      return null;
    }
  }

  private static ResponseEntity<?> answer(HttpStatus status, String message) {
    return ResponseEntity.status(status).body(Map.of("result", false, "message", message));
  }

  private static ResponseEntity<?> later(Duration after) {
    long seconds = after.plusMillis(999).toSeconds();
    return ResponseEntity.status(HttpStatus.TOO_MANY_REQUESTS)
        .header("Retry-After", String.valueOf(Math.max(1, seconds)))
        .body(
            Map.of(
                "result",
                false,
                "message",
                "too many attempts; try again in %d s".formatted(seconds)));
  }

  @PostMapping("/api/sign-out")
  @Needs({})
  ResponseEntity<?> signOut(HttpServletRequest http) {
    users.signOut(http);
    return ResponseEntity.ok(Map.of("result", true));
  }

  /** Who has signed in, if anybody has. */
  @GetMapping("/api/session")
  @Needs({})
  ResponseEntity<?> session(HttpServletRequest http) {
    return ResponseEntity.ok(Map.of("user", users.signedIn(http).orElse("")));
  }
}
