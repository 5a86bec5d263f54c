package dev.muster.http;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodParameter;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.config.annotation.ContentNegotiationConfigurer;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/**
 * Answers are JSON, whatever a client says it accepts: a job that was committed must not be
 * answered with 406. What is asked by a path of the service bus is answered with a request id, as
 * the bus would.
 */
@Configuration(proxyBeanMethods = false)
class EdgeConfiguration implements WebMvcConfigurer {

  /** Where the service bus has what is at {@code /api/job} (rest.md §2.1). */
  static final String BUS = "/api/c/compapi/v2/nodeman/api/job";

  /** The same, behind the bus. */
  static final String BEHIND_BUS = "/v2/nodeman/api/job";

  /** The document of the API, as it was written down. */
  @Override
  public void addResourceHandlers(ResourceHandlerRegistry resources) {
    resources.addResourceHandler("/api/*.yaml").addResourceLocations("classpath:/openapi/");
  }

  @Override
  public void configureContentNegotiation(ContentNegotiationConfigurer negotiation) {
    negotiation.ignoreAcceptHeader(true).defaultContentType(MediaType.APPLICATION_JSON);
  }

  /** Gives the answers of the bus their request id. */
  @RestControllerAdvice(basePackageClasses = EdgeConfiguration.class)
  static class RequestIds implements ResponseBodyAdvice<Object> {

    @Override
    public boolean supports(
        MethodParameter answer, Class<? extends HttpMessageConverter<?>> converter) {
      return true;
    }

    @Override
    public @Nullable Object beforeBodyWrite(
        @Nullable Object body,
        MethodParameter answer,
        MediaType type,
        Class<? extends HttpMessageConverter<?>> converter,
        ServerHttpRequest request,
        ServerHttpResponse response) {
      String path = request.getURI().getPath();
      boolean byBus = path.startsWith(BUS) || path.startsWith(BEHIND_BUS);
      return byBus && body instanceof Envelope envelope
          ? new Envelope.ByBus(envelope, UUID.randomUUID().toString().replace("-", ""))
          : body;
    }
  }
}
