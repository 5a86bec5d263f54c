package dev.muster.http;

import dev.muster.projection.Language;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** A request that is answered with an error of the contract (rest.md §1). */
final class ApiException extends RuntimeException {

  static final int VALIDATION = 3_800_001;

  /** The existing service answers text here (rest.md §1.1). */
  private static final String NOT_PERMITTED = "9900403";

  private final HttpStatus status;
  private final transient Object code;
  private final transient Said said;
  private final transient @Nullable Object data;

  /** A sentence, in whatever language it is wanted. */
  interface Said {
    String in(Language language);
  }

  private ApiException(HttpStatus status, Object code, Said said, @Nullable Object data) {
    super(said.in(Language.EN));
    this.status = status;
    this.code = code;
    this.said = said;
    this.data = data;
  }

  /** A wrong request: the existing service answers 200. */
  static ApiException validation(String message) {
    return of(VALIDATION, message);
  }

  static ApiException validation(Message message, Object... values) {
    return of(VALIDATION, message, values);
  }

  static ApiException of(int code, String message) {
    return of(HttpStatus.OK, code, message, null);
  }

  static ApiException of(int code, Message message, Object... values) {
    return new ApiException(HttpStatus.OK, code, message.with(values), null);
  }

  static ApiException of(HttpStatus status, int code, String message, @Nullable Object data) {
    return new ApiException(status, code, language -> message, data);
  }

  static ApiException of(HttpStatus status, int code, Said said, @Nullable Object data) {
    return new ApiException(status, code, said, data);
  }

  static ApiException noSuchJob(long id) {
    return of(3_801_012, Message.NO_SUCH_JOB, id);
  }

  /**
   * The caller knows that it is there, but may not do this.
   *
   * @param action the id of the existing service
   * @param name says what may not be done
   * @param businesses where it may not be done
   */
  static ApiException notPermitted(String action, Message name, List<Long> businesses) {
    return new ApiException(
        HttpStatus.OK,
        NOT_PERMITTED,
        language -> Message.NOT_PERMITTED.in(language, name.in(language)),
        Map.of("permission", permission(action, name, businesses), "apply_url", ""));
  }

  /** In the shape that the existing service's permission center gives it. */
  private static Map<String, Object> permission(
      String action, Message name, List<Long> businesses) {
    List<List<Map<String, String>>> instances =
        businesses.stream()
            .map(id -> List.of(Map.of("type", "biz", "id", String.valueOf(id))))
            .toList();
    return Map.of(
        "system_id",
        "bk_nodeman",
        "actions",
        List.of(
            Map.of(
                "id",
                action,
                "name",
                name.in(Language.ZH),
                "related_resource_types",
                List.of(Map.of("system_id", "bk_cmdb", "type", "biz", "instances", instances)))));
  }

  /** They may know of it, but not do it. */
  static ApiException notPermitted() {
    return of(3_800_403, "您没有执行该操作的权限。");
  }

  HttpStatus status() {
    return status;
  }

  /** A number, or text where the existing service answers text. */
  Object code() {
    return code;
  }

  String message(Language language) {
    return said.in(language);
  }

  @Nullable Object data() {
    return data;
  }
}
