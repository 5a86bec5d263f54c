package dev.muster.http;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.TransactionException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** The one translator from exceptions to answers; no stack trace reaches a caller. */
@RestControllerAdvice
class Errors {

  private static final Logger log = LoggerFactory.getLogger(Errors.class);

  @ExceptionHandler
  ResponseEntity<Envelope> api(ApiException e, HttpServletRequest request) {
    return answer(e.status(), e.code(), e.message(Languages.of(request)), e.data());
  }

  @ExceptionHandler
  ResponseEntity<Envelope> notFound(NoResourceFoundException e, HttpServletRequest request) {
    return answer(
        HttpStatus.NOT_FOUND, 3_800_404, "there is nothing at " + request.getRequestURI(), null);
  }

  @ExceptionHandler
  ResponseEntity<Envelope> method(HttpRequestMethodNotSupportedException e) {
    return answer(HttpStatus.OK, 3_800_405, "方法 “%s” 不被允许。".formatted(e.getMethod()), null);
  }

  @ExceptionHandler
  ResponseEntity<Envelope> mediaType(HttpMediaTypeNotSupportedException e) {
    return answer(
        HttpStatus.OK,
        3_800_415,
        "Content-Type is %s; send one of %s"
            .formatted(e.getContentType(), e.getSupportedMediaTypes()),
        null);
  }

  @ExceptionHandler
  ResponseEntity<Envelope> parameter(MethodArgumentTypeMismatchException e) {
    return answer(
        HttpStatus.OK,
        ApiException.VALIDATION,
        "%s: %s is not a whole number".formatted(e.getName(), e.getValue()),
        null);
  }

  @ExceptionHandler
  ResponseEntity<Envelope> missing(MissingServletRequestParameterException e) {
    return answer(
        HttpStatus.OK,
        ApiException.VALIDATION,
        "(%s): 1.该字段是必填项。 ".formatted(e.getParameterName()),
        null);
  }

  @ExceptionHandler({DataAccessException.class, TransactionException.class})
  ResponseEntity<Envelope> database(Exception e, HttpServletRequest request) {
    log.warn("{}: the database does not answer: {}", request.getRequestURI(), e.getMessage());
    return answer(
        HttpStatus.SERVICE_UNAVAILABLE,
        3_800_503,
        "the database does not answer; nothing was done, try again",
        null);
  }

  /** The viewer has left. */
  @ExceptionHandler
  void gone(AsyncRequestNotUsableException e) {
    log.debug("a viewer has left", e);
  }

  @ExceptionHandler
  ResponseEntity<Envelope> anything(Exception e, HttpServletRequest request) {
    log.error("{} failed", request.getRequestURI(), e);
    return answer(HttpStatus.OK, 3_800_500, "系统错误，请联系管理员", null);
  }

  private static ResponseEntity<Envelope> answer(
      HttpStatus status, Object code, String message, @Nullable Object data) {
    return ResponseEntity.status(status).body(Envelope.failed(code, message, data));
  }
}
