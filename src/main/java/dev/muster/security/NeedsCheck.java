package dev.muster.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Lets an endpoint be called by those who have what it {@link Needs}, and gives it their {@link
 * Rights}. An endpoint that declares nothing is called by nobody.
 */
@Configuration(proxyBeanMethods = false)
class NeedsCheck implements WebMvcConfigurer, HandlerInterceptor, HandlerMethodArgumentResolver {

  /** What shows nothing without the endpoints, but would be no use to a stranger. */
  private static final Set<String> PAGES = Set.of("/", "/index.html");

  private final @Nullable String loginUrl;

  NeedsCheck(SecuritySettings settings) {
    this.loginUrl = settings.tokenVerifier().loginUrl();
  }

  /** Cookies of a muster that is reached by https never travel without it. */
  @Bean
  static ServletContextInitializer secureCookies(@Value("${muster.public-url}") String publicUrl) {
    return context -> {
      if (publicUrl.startsWith("https:")) {
        context.getSessionCookieConfig().setSecure(true);
      }
    };
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(this);
  }

  @Override
  public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
      throws IOException {
    if (!(handler instanceof HandlerMethod method)) {
      return page(request, response);
    }
    if (method.getBean() instanceof ErrorController) {
      return true;
    }
    Needs needs = method.getMethodAnnotation(Needs.class);
    if (needs == null) {
      Answers.envelope(response, 403, 3_800_403, "this endpoint does not say what it needs");
      return false;
    }
    return needs.value().length == 0 || has(needs, request, response);
  }

  private boolean page(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    boolean stranger = !(Identification.of(request) instanceof Identity.Known);
    if (stranger && PAGES.contains(request.getServletPath()) && Answers.navigates(request)) {
      Answers.askWho(request, response, loginUrl(request));
      return false;
    }
    return true;
  }

  private boolean has(Needs needs, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    switch (Identification.of(request)) {
      case Identity.Nobody nobody -> Answers.askWho(request, response, loginUrl(request));
      case Identity.Refused refused -> Answers.refuse(response, refused);
      case Identity.Known known -> {
        List<Role> needed = List.of(needs.value());
        Rights rights = Identification.rights(request);
        if (needed.stream().noneMatch(known::permits)) {
          Answers.gateway(
              response,
              1_306_403,
              "APP Code [bk_app_code=%s] has no permission to use this API"
                  .formatted(known.caller().app()));
        } else if (!needs.seenToByEndpoint() && needed.stream().noneMatch(rights::somewhere)) {
          Answers.envelope(response, 200, 3_800_403, "您没有执行该操作的权限。");
        } else {
          return true;
        }
      }
    }
    return false;
  }

  private String loginUrl(HttpServletRequest request) {
    return loginUrl == null ? request.getContextPath() + Answers.SIGN_IN_PAGE : loginUrl;
  }

  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
    resolvers.add(this);
  }

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.getParameterType() == Rights.class;
  }

  @Override
  public Rights resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer model,
      NativeWebRequest request,
      @Nullable WebDataBinderFactory binder) {
    Object rights = request.getAttribute(Rights.class.getName(), RequestAttributes.SCOPE_REQUEST);
    if (rights instanceof Rights known) {
      return known;
    }
    throw new IllegalStateException("an endpoint that takes Rights needs a role: " + parameter);
  }
}
