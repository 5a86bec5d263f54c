package dev.muster.security;

import dev.muster.job.Caller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** People who sign in on the page with a password, and their sessions. */
@Component
@Order(4)
public class Users implements Identity.Proof {

  private static final Logger log = LoggerFactory.getLogger(Users.class);

  /** A day's work, however busy; then the password is asked for again. */
  private static final Duration LONGEST_SESSION = Duration.ofHours(12);

  private static final String SIGNED_IN = "signed-in";

  private final WatchedFile<Contents> file;
  private final Secrets secrets;
  private final Clock clock;

  Users(SecuritySettings settings, Secrets secrets, Clock clock) {
    this.file =
        new WatchedFile<>(settings.users(), Contents.class, new Contents(List.of()), Users::tell);
    this.secrets = secrets;
    this.clock = clock;
  }

  @Scheduled(fixedDelay = 2_000)
  void look() {
    file.look();
  }

  private static void tell(Path path, Contents before, Contents after) {
    log.info("{} changed: {} users, {} before", path, after.users().size(), before.users().size());
  }

  /** What became of an attempt to sign in. */
  public sealed interface SignIn {

    /** The session of the request is now this user's. */
    record Done(String user) implements SignIn {}

    /** Wrong, and nothing says what of it. */
    record Wrong() implements SignIn {}

    record TooOften(Duration after) implements SignIn {}
  }

  /** Begins a session, a new one in any case, if the password is the user's. */
  public SignIn signIn(HttpServletRequest request, String name, String password) {
    String address = Credentials.of(request, new byte[0]).address();
    Optional<User> user = find(name);
    List<User> users = file.now().users();
    // An unknown name costs as much as a wrong password.
    List<String> hashes =
        user.or(() -> users.stream().findFirst())
            .map(User::password)
            .map(List::of)
            .orElse(List.of());
    return switch (secrets.check(address, password, hashes)) {
      case Secrets.Verdict.TooOften often -> new SignIn.TooOften(often.after());
      case Secrets.Verdict.Wrong wrong -> wrong(address);
      case Secrets.Verdict.Right right ->
          user.map(u -> begin(request, address, u)).orElseGet(() -> wrong(address));
    };
  }

  private static SignIn wrong(String address) {
    log.info("a sign-in from {} failed", address);
    return new SignIn.Wrong();
  }

  private SignIn begin(HttpServletRequest request, String address, User user) {
    secrets.wasRight(address);
    signOut(request);
    request.getSession(true).setAttribute(SIGNED_IN, new Signed(user, clock.instant()));
    log.info("{} signed in from {}", user.name(), address);
    return new SignIn.Done(user.name());
  }

  /** Ends the session, if there is one. */
  public void signOut(HttpServletRequest request) {
    HttpSession session = request.getSession(false);
    if (session != null) {
      session.invalidate();
    }
  }

  @Override
  public Identity of(Credentials credentials) {
    return credentials
        .session()
        .flatMap(this::signed)
        .<Identity>map(
            user ->
                new Identity.Known(
                    new Caller(user.name(), Identity.OWN_APP), user.groups(), Identity.ALL))
        .orElseGet(Identity.Nobody::new);
  }

  /** The name of whoever has signed in with this request's cookie. */
  public Optional<String> signedIn(HttpServletRequest request) {
    return Optional.ofNullable(request.getSession(false)).flatMap(this::signed).map(User::name);
  }

  /** Who left the file, or has another password since, is no longer signed in. */
  private Optional<User> signed(HttpSession session) {
    return session.getAttribute(SIGNED_IN) instanceof Signed signed
            && clock.instant().isBefore(signed.at().plus(LONGEST_SESSION))
        ? find(signed.user().name())
            .filter(user -> user.password().equals(signed.user().password()))
        : Optional.empty();
  }

  private Optional<User> find(String name) {
    return file.now().users().stream().filter(user -> user.name().equals(name)).findFirst();
  }

  private record Signed(User user, Instant at) {}

  /** The file. */
  record Contents(List<User> users) {
    Contents {
      users = users == null ? List.of() : List.copyOf(users);
      if (users.stream().map(User::name).distinct().count() != users.size()) {
        throw new IllegalArgumentException("two users have the same name");
      }
    }
  }

  /**
   * One of them.
   *
   * @param password its hash
   */
  record User(String name, String password, Set<String> groups) {
    User {
      if (name == null || !Identity.NAME.matcher(name).matches()) {
        throw new IllegalArgumentException("a user has a name of up to 64 characters");
      }
      Secrets.requireHash(password);
      groups = groups == null ? Set.of() : Set.copyOf(groups);
    }

    /** Without the hash. */
    @Override
    public String toString() {
      return name;
    }
  }
}
