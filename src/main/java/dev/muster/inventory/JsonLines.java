package dev.muster.inventory;

import dev.muster.inventory.Format.Taker;
import java.io.IOException;
import java.io.Reader;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/** One JSON object a line. */
final class JsonLines {

  private static final JsonMapper JSON = JsonMapper.shared();

  private JsonLines() {}

  static void read(Reader text, Taker taker) throws IOException {
    Lines lines = new Lines(text);
    for (String line = lines.next(); line != null; line = lines.next()) {
      if (line.isBlank()) {
        continue;
      }
      if (lines.tooLong()) {
        taker.reject(lines.number(), Lines.tooLongBecause());
        continue;
      }
      try (JsonParser parser = JSON.createParser(line)) {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
          taker.reject(
              lines.number(),
              "not an object: %s; write {\"kind\": \"host\", …}"
                  .formatted(ImportLine.shown(line.strip())));
          continue;
        }
        Map<String, String> fields = fields(parser);
        if (parser.nextToken() == null) {
          taker.take(lines.number(), fields);
        } else {
          taker.reject(lines.number(), "not JSON: something follows the object; write one a line");
        }
      } catch (JacksonException e) {
        taker.reject(lines.number(), "not JSON: " + e.getOriginalMessage());
      }
    }
  }

  private static Map<String, String> fields(JsonParser parser) {
    Map<String, String> fields = new LinkedHashMap<>(32);
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonToken token = parser.nextToken();
      fields.put(
          name,
          token == JsonToken.VALUE_NULL
              ? ""
              : token.isScalarValue() ? parser.getString() : parser.readValueAsTree().toString());
    }
    return fields;
  }
}
