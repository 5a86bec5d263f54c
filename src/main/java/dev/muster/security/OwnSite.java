package dev.muster.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses what a page of somebody else could make a browser send: another origin, another site.
 * While no identity is configured, also another host's name; and then muster listens on the
 * loopback interface or not at all (design, section 9).
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
public class OwnSite extends OncePerRequestFilter {

  private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

  private final boolean loopbackOnly;
  private final String ownOrigin;

  public OwnSite(
      SecuritySettings settings,
      ServerProperties server,
      @Value("${muster.public-url}") String publicUrl) {
    this.loopbackOnly = !settings.identified();
    this.ownOrigin = publicUrl.replaceAll("^(https?://[^/]*).*", "$1");
    if (loopbackOnly && (server.getAddress() == null || !server.getAddress().isLoopbackAddress())) {
      throw new SecurityRefusal(
          ("server.address is %s, but no identity is configured: muster only listens on 127.0.0.1 or"
                  + " ::1 until muster.security says who may do what (README, Identity)")
              .formatted(
                  server.getAddress() == null
                      ? "every interface"
                      : server.getAddress().getHostAddress()));
    }
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String refused = refusal(request);
    if (refused == null) {
      chain.doFilter(request, response);
      return;
    }
    response.setStatus(HttpServletResponse.SC_FORBIDDEN);
    response.setContentType("application/json");
    response
        .getOutputStream()
        .write(
            ("{\"result\":false,\"code\":3800403,\"data\":null,\"message\":\""
                    + refused
                    + "（3800403）\",\"errors\":null}")
                .getBytes(StandardCharsets.UTF_8));
  }

  private @Nullable String refusal(HttpServletRequest request) {
    String host = request.getHeader("Host");
    if (loopbackOnly && (host == null || !loopback(host))) {
      return "Host must be a loopback name";
    }
    String origin = request.getHeader("Origin");
    if (origin != null && !isOwn(origin, host)) {
      return "a foreign Origin is refused";
    }
    String site = request.getHeader("Sec-Fetch-Site");
    boolean navigation =
        "navigate".equals(request.getHeader("Sec-Fetch-Mode")) && request.getMethod().equals("GET");
    if (site != null && !OWN_SITES.contains(site) && !navigation) {
      return "a request from a foreign site is refused";
    }
    return null;
  }

  /** Behind a proxy the browser's origin is that of the public URL. */
  private boolean isOwn(String origin, @Nullable String host) {
    return origin.equals("http://" + host)
        || origin.equals("https://" + host)
        || (!loopbackOnly && origin.equals(ownOrigin));
  }

  private static boolean loopback(String hostHeader) {
    String host;
    try {
      host = URI.create("http://" + hostHeader).getHost();
    } catch (IllegalArgumentException e) {
      return false;
    }
    if (host == null) {
      return false;
    }
    String name = host.toLowerCase(Locale.ROOT);
    return name.equals("localhost")
        || name.equals("[::1]")
        || name.matches("127(\\.[0-9]{1,3}){3}");
  }
}
