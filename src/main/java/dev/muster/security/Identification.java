package dev.muster.security;

import dev.muster.job.Caller;
import dev.muster.job.Limits;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Finds out who sends a request, before anybody else looks at it. Of several proofs the first that
 * holds counts. A JSON body is read here, for it may carry credentials, and handed on as it came;
 * any other body is not touched, for it may be a stream of any length.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
class Identification extends OncePerRequestFilter {

  private static final Logger log = LoggerFactory.getLogger(Identification.class);
  private static final int REQUESTS = 6_000;
  private static final int LONGEST_NAME = 64;

  private final boolean open;
  private final List<Identity.Proof> proofs;
  private final Bindings bindings;
  private final Optional<Limiter> limiter;

  Identification(SecuritySettings settings, List<Identity.Proof> proofs, Bindings bindings) {
    this.open = !settings.identified();
    this.proofs = proofs;
    this.bindings = bindings;
    Integer requests = settings.rateLimit().requests();
    Duration per = settings.rateLimit().per();
    this.limiter =
        requests == null && open
            ? Optional.empty()
            : Optional.of(new Limiter(requests == null ? REQUESTS : requests, per));
    if (open) {
      log.info("no identity is configured: every user of this machine is an administrator");
    }
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    byte[] body = new byte[0];
    HttpServletRequest handedOn = request;
    if (isJson(request.getContentType())) {
      // One byte more than is allowed, so that whoever reads it sees that it is too long.
      body = request.getInputStream().readNBytes(Limits.BODY_BYTES + 1);
      handedOn = new Read(request, body);
    }
    Credentials credentials = Credentials.of(request, body);
    Identity identity = identity(credentials);
    if (!(identity instanceof Identity.Known) && body.length > Limits.BODY_BYTES) {
      identity =
          new Identity.Refused(
              413,
              3_800_413,
              "the request body is larger than %d MB, and no header says who asks"
                  .formatted(Limits.BODY_BYTES >> 20),
              null);
    }
    Optional<Duration> wait = overLimit(request, identity, credentials);
    if (wait.isPresent()) {
      Answers.refuse(response, Identity.Refused.tooOften(wait.get()));
      return;
    }
    request.setAttribute(Identity.class.getName(), identity);
    if (identity instanceof Identity.Known known) {
      request.setAttribute(
          Rights.class.getName(), open ? Rights.admin(known.caller()) : bindings.rights(known));
    }
    chain.doFilter(handedOn, response);
  }

  private Identity identity(Credentials credentials) {
    if (open) {
      return new Identity.Known(whoeverTheySay(credentials), Set.of(), Identity.ALL);
    }
    Identity found = new Identity.Nobody();
    for (Identity.Proof proof : proofs) {
      Identity next = proof.of(credentials);
      if (next instanceof Identity.Known) {
        return next;
      }
      found = found instanceof Identity.Nobody ? next : found;
    }
    return found;
  }

  /** Without identity, whoever may speak to the loopback interface is who they say. */
  private static Caller whoeverTheySay(Credentials credentials) {
    return new Caller(
        credentials.field(Credentials.USER).map(Identification::cut).orElse("admin"),
        credentials.field(Credentials.CODE).map(Identification::cut).orElse(Identity.OWN_APP));
  }

  private static String cut(String text) {
    return text.substring(0, Math.min(text.length(), LONGEST_NAME)).replaceAll("\\p{Cntrl}", "");
  }

  /** The files of the page are not counted: there are many, and they cost nothing. */
  private Optional<Duration> overLimit(
      HttpServletRequest request, Identity identity, Credentials credentials) {
    if (limiter.isEmpty() || !request.getServletPath().startsWith("/api/")) {
      return Optional.empty();
    }
    String who =
        switch (identity) {
          case Identity.Known(Caller caller, var groups, var permitted) ->
              caller.app().equals(Identity.OWN_APP)
                  ? "user " + caller.user()
                  : "app " + caller.app();
          case Identity.Refused refused -> "address " + credentials.address();
          case Identity.Nobody nobody -> "address " + credentials.address();
        };
    return limiter.get().take(who);
  }

  private static boolean isJson(@Nullable String contentType) {
    try {
      return contentType != null
          && MediaType.APPLICATION_JSON.isCompatibleWith(MediaType.parseMediaType(contentType));
    } catch (InvalidMediaTypeException e) {
      return false;
    }
  }

  static Identity of(HttpServletRequest request) {
    return request.getAttribute(Identity.class.getName()) instanceof Identity identity
        ? identity
        : new Identity.Nobody();
  }

  /** Of somebody who is known. */
  static Rights rights(HttpServletRequest request) {
    if (request.getAttribute(Rights.class.getName()) instanceof Rights rights) {
      return rights;
    }
    throw new IllegalStateException("the request has no rights");
  }

  /** A request whose body was read. */
  private static final class Read extends HttpServletRequestWrapper {

    private final ServletInputStream stream;

    private Read(HttpServletRequest request, byte[] body) {
      super(request);
      this.stream = new Body(new ByteArrayInputStream(body));
    }

    @Override
    public ServletInputStream getInputStream() {
      return stream;
    }

    @Override
    public BufferedReader getReader() {
      return new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
    }
  }

  private static final class Body extends ServletInputStream {

    private final ByteArrayInputStream bytes;

    private Body(ByteArrayInputStream bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read() {
      return bytes.read();
    }

    @Override
    public int read(byte[] into, int from, int length) {
      return bytes.read(into, from, length);
    }

    @Override
    public boolean isFinished() {
      return bytes.available() == 0;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setReadListener(ReadListener listener) {
      throw new IllegalStateException("bodies are read in the thread of their request");
    }
  }
}
