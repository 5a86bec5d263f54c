package dev.muster.inventory;

import java.io.IOException;
import java.io.Reader;
import java.util.Locale;
import java.util.Map;

/** How an inventory is written. */
public enum Format {
  /** One JSON object a line. */
  NDJSON,
  /** Comma-separated values, the first line names the fields. */
  CSV,
  /** An Ansible inventory in sections. */
  ANSIBLE_INI,
  /** An Ansible inventory in YAML. */
  ANSIBLE_YAML;

  /** Takes what a format reads. */
  interface Taker {

    /**
     * A line, its fields named as at the edge.
     *
     * @param line counted from 1
     */
    void take(long line, Map<String, String> fields);

    /** A line that cannot be read. */
    void reject(long line, String why);
  }

  /** By the ending of a file's name; one JSON object a line unless it says otherwise. */
  public static Format ofFile(String name) {
    return switch (name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT)) {
      case "csv" -> CSV;
      case "ini" -> ANSIBLE_INI;
      case "yaml", "yml" -> ANSIBLE_YAML;
      default -> NDJSON;
    };
  }

  /** Whether hosts have names only, and muster numbers them. */
  boolean namesHosts() {
    return switch (this) {
      case NDJSON, CSV -> false;
      case ANSIBLE_INI, ANSIBLE_YAML -> true;
    };
  }

  void read(Reader text, Taker taker) throws IOException {
    switch (this) {
      case NDJSON -> JsonLines.read(text, taker);
      case CSV -> CsvLines.read(text, taker);
      case ANSIBLE_INI -> AnsibleIni.read(text, taker);
      case ANSIBLE_YAML -> AnsibleYaml.read(text, taker);
    }
  }
}
