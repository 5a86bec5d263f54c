package dev.muster.http;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** A request that is answered with an error of the contract (rest.md §1). */
final class ApiException extends RuntimeException {

  static final int VALIDATION = 3_800_001;

  private final HttpStatus status;
  private final int code;
  private final @Nullable Object data;

  private ApiException(HttpStatus status, int code, String message, @Nullable Object data) {
    super(message);
    this.status = status;
    this.code = code;
    this.data = data;
  }

  /** A wrong request: the existing service answers 200. */
  static ApiException validation(String message) {
    return of(VALIDATION, message);
  }

  static ApiException of(int code, String message) {
    return new ApiException(HttpStatus.OK, code, message, null);
  }

  static ApiException of(HttpStatus status, int code, String message, @Nullable Object data) {
    return new ApiException(status, code, message, data);
  }

  static ApiException noSuchJob(long id) {
    return of(3_801_012, "不存在ID为%d的任务".formatted(id));
  }

  HttpStatus status() {
    return status;
  }

  int code() {
    return code;
  }

  @Nullable Object data() {
    return data;
  }
}
