package dev.muster.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.stream.Collectors;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
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
    return answer(e, request);
  }

  @ExceptionHandler
  ResponseEntity<Envelope> notFound(NoResourceFoundException e, HttpServletRequest request) {
    return answer(
        ApiException.of(
            HttpStatus.NOT_FOUND,
            3_800_404,
            Message.NOTHING_HERE.with(request.getRequestURI()),
            null),
        request);
  }

  @ExceptionHandler
  ResponseEntity<Envelope> method(
      HttpRequestMethodNotSupportedException e, HttpServletRequest request) {
    return answer(ApiException.of(3_800_405, Message.METHOD, e.getMethod()), request);
  }

  @ExceptionHandler
  ResponseEntity<Envelope> mediaType(
      HttpMediaTypeNotSupportedException e, HttpServletRequest request) {
    return answer(
        ApiException.of(
            3_800_415,
            Message.CONTENT_TYPE,
            String.valueOf(e.getContentType()),
            e.getSupportedMediaTypes().stream()
                .map(String::valueOf)
                .collect(Collectors.joining(", "))),
        request);
  }

  @ExceptionHandler
  ResponseEntity<Envelope> parameter(
      MethodArgumentTypeMismatchException e, HttpServletRequest request) {
    return answer(
        ApiException.validation(Message.NOT_A_NUMBER, e.getName(), String.valueOf(e.getValue())),
        request);
  }

  @ExceptionHandler
  ResponseEntity<Envelope> missing(
      MissingServletRequestParameterException e, HttpServletRequest request) {
    return answer(
        ApiException.of(
            HttpStatus.OK,
            ApiException.VALIDATION,
            language ->
                "(%s): 1.%s ".formatted(e.getParameterName(), Message.REQUIRED.in(language)),
            null),
        request);
  }

  /** Only the loss of the connection is the database's fault; bad data is ours. */
  @ExceptionHandler({
    TransientDataAccessException.class,
    RecoverableDataAccessException.class,
    NonTransientDataAccessResourceException.class,
    CannotCreateTransactionException.class
  })
  ResponseEntity<Envelope> database(Exception e, HttpServletRequest request) {
    return unavailable(e, Message.NO_DATABASE, request);
  }

  @ExceptionHandler
  ResponseEntity<Envelope> commit(TransactionSystemException e, HttpServletRequest request) {
    return unavailable(e, Message.PERHAPS_DONE, request);
  }

  private static ResponseEntity<Envelope> unavailable(
      Exception e, Message message, HttpServletRequest request) {
    log.warn("{}: the database does not answer: {}", request.getRequestURI(), e.getMessage());
    return answer(
        ApiException.of(HttpStatus.SERVICE_UNAVAILABLE, 3_800_503, message.with(), null), request);
  }

  /** Tomcat cannot decode what stands behind the question mark. */
  @ExceptionHandler
  ResponseEntity<Envelope> query(InvalidParameterException e, HttpServletRequest request) {
    return answer(ApiException.of(3_800_400, Message.BAD_QUERY), request);
  }

  /** The viewer has left. */
  @ExceptionHandler
  void gone(AsyncRequestNotUsableException e) {
    log.debug("a viewer has left", e);
  }

  @ExceptionHandler
  ResponseEntity<Envelope> anything(Exception e, HttpServletRequest request) {
    log.error("{} failed", request.getRequestURI(), e);
    return answer(ApiException.of(3_800_500, Message.SYSTEM_ERROR), request);
  }

  private static ResponseEntity<Envelope> answer(ApiException e, HttpServletRequest request) {
    return ResponseEntity.status(e.status())
        .body(Envelope.failed(e.code(), e.message(Languages.of(request)), e.data()));
  }
}
