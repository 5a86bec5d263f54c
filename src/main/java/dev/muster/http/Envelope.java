package dev.muster.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.jspecify.annotations.Nullable;

/**
 * What every answer is wrapped in (rest.md §1): exactly four keys on success, a fifth on errors.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
sealed interface Envelope {

  @JsonPropertyOrder({"result", "data", "code", "message"})
  record Ok(boolean result, @Nullable Object data, int code, String message) implements Envelope {}

  @JsonPropertyOrder({"result", "code", "data", "message", "errors"})
  record Failed(
      boolean result, Object code, @Nullable Object data, String message, @Nullable Object errors)
      implements Envelope {}

  /** Another envelope, with the request id that the service bus adds. */
  record ByBus(@JsonUnwrapped Envelope answer, @JsonProperty("request_id") String requestId)
      implements Envelope {}

  static Envelope ok(@Nullable Object data) {
    return new Ok(true, data, 0, "");
  }

  /** The code, a number or text, is part of the message, in full-width parentheses. */
  static Envelope failed(Object code, String message, @Nullable Object data) {
    return new Failed(false, code, data, message + "（" + code + "）", null);
  }
}
