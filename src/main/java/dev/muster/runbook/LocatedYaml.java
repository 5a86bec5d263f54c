package dev.muster.runbook;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * A YAML document that was checked against our schema; what is wrong is said with line and column.
 */
record LocatedYaml(String name, String text, JsonNode root) {

  private static final YAMLMapper YAML = new YAMLMapper();
  private static final Schema SCHEMA = schema();

  static LocatedYaml read(String name, String text) {
    JsonNode root;
    try {
      // Anchors are resolved by the mapper that builds plain values, not by the one that builds a
      // tree.
      root = YAML.valueToTree(new org.yaml.snakeyaml.Yaml(options()).load(text));
    } catch (JacksonException | org.yaml.snakeyaml.error.YAMLException e) {
      throw new BadRunbookException(name + ": " + e.getMessage());
    }
    List<Error> errors = SCHEMA.validate(root);
    if (!errors.isEmpty()) {
      Error first = errors.getFirst();
      throw new BadRunbookException(
          "%s%s: %s %s"
              .formatted(name, locate(text, pointer(first)), pointer(first), first.getMessage()));
    }
    return new LocatedYaml(name, text, root);
  }

  /** A fault found after the schema was satisfied. */
  BadRunbookException fault(String pointer, String why) {
    return new BadRunbookException(
        "%s%s: %s %s".formatted(name, locate(text, pointer), pointer, why));
  }

  private static org.yaml.snakeyaml.LoaderOptions options() {
    org.yaml.snakeyaml.LoaderOptions options = new org.yaml.snakeyaml.LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setMaxAliasesForCollections(20);
    options.setCodePointLimit(256 * 1024);
    return options;
  }

  private static String pointer(Error error) {
    String path = error.getInstanceLocation().toString().replace("$", "");
    return path.isEmpty() ? "/" : path.replace('.', '/').replace("[", "/").replace("]", "");
  }

  private static String locate(String text, String pointer) {
    Map<String, TokenStreamLocation> places = new HashMap<>();
    try (JsonParser parser = YAML.createParser(text)) {
      parser.nextToken();
      walk(parser, "", places);
    } catch (JacksonException e) {
      return "";
    }
    String near = pointer;
    while (!places.containsKey(near) && near.lastIndexOf('/') > 0) {
      near = near.substring(0, near.lastIndexOf('/'));
    }
    TokenStreamLocation place = places.getOrDefault(near, places.get(""));
    return place == null ? "" : ":%d:%d".formatted(place.getLineNr(), place.getColumnNr());
  }

  private static void walk(
      JsonParser parser, String pointer, Map<String, TokenStreamLocation> places) {
    places.put(pointer, parser.currentTokenLocation());
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String child = pointer + "/" + parser.currentName();
        TokenStreamLocation name = parser.currentTokenLocation();
        parser.nextToken();
        walk(parser, child, places);
        places.put(child, name);
      }
    } else if (parser.currentToken() == JsonToken.START_ARRAY) {
      for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
        walk(parser, pointer + "/" + i, places);
      }
    }
  }

  private static Schema schema() {
    try (InputStream in = LocatedYaml.class.getResourceAsStream("/runbooks/schema.json")) {
      if (in == null) {
        throw new IllegalStateException("the schema of runbooks is missing from the class path");
      }
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(in, InputFormat.JSON);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
