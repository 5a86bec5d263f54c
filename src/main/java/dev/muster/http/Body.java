package dev.muster.http;

import dev.muster.job.Limits;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The JSON object of a request: bounded, and an object or an error of the contract. */
final class Body {

  /** Who asks may prove it anew each time; what is asked stays the same. */
  private static final List<String> CREDENTIALS = List.of("bk_token", "bk_app_secret", "bk_ticket");

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(Limits.JSON_DEPTH).build())
                  .build())
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  private final ObjectNode fields;

  private Body(ObjectNode fields) {
    this.fields = fields;
  }

  static Body read(HttpServletRequest request) throws IOException {
    byte[] bytes = request.getInputStream().readNBytes(Limits.BODY_BYTES + 1);
    if (bytes.length > Limits.BODY_BYTES) {
      throw ApiException.of(
          HttpStatus.CONTENT_TOO_LARGE,
          3_800_413,
          Message.BODY_TOO_LARGE.with(Limits.BODY_BYTES >> 20),
          null);
    }
    if (bytes.length == 0) {
      return new Body(JSON.createObjectNode());
    }
    requireJson(request.getContentType());
    JsonNode node;
    try {
      node = JSON.readTree(bytes);
    } catch (JacksonException e) {
      throw ApiException.of(3_800_400, Message.NOT_JSON, String.valueOf(e.getOriginalMessage()));
    }
    if (!(node instanceof ObjectNode fields)) {
      throw ApiException.validation(Message.NOT_AN_OBJECT, PythonName.of(node));
    }
    return new Body(fields);
  }

  /** A form could be posted by any page that a person visits; only JSON is taken. */
  private static void requireJson(@Nullable String contentType) {
    boolean json = false;
    if (contentType != null) {
      try {
        json = MediaType.APPLICATION_JSON.isCompatibleWith(MediaType.parseMediaType(contentType));
      } catch (InvalidMediaTypeException e) {
        json = false;
      }
    }
    if (!json) {
      throw ApiException.of(
          HttpStatus.OK,
          3_800_415,
          language ->
              Message.CONTENT_TYPE.in(
                  language,
                  contentType == null ? Message.ABSENT.in(language) : contentType,
                  "application/json"),
          null);
    }
  }

  ObjectNode fields() {
    return fields;
  }

  /** Equal for bodies that say the same, whatever the order of their fields. */
  String digest() {
    ObjectNode asked = fields.deepCopy();
    asked.remove(CREDENTIALS);
    // By way of text: half a surrogate pair, which JSON can spell, is no UTF-8.
    return DigestUtils.sha256Hex(JSON.writeValueAsString(JSON.treeToValue(asked, Object.class)));
  }
}
