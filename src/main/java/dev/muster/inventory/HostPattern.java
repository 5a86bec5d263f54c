package dev.muster.inventory;

import dev.muster.job.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Hosts as an Ansible inventory names them: {@code web[01:20].example.com:2222} are twenty.
 *
 * @param names in order
 * @param port null if the pattern has none
 */
record HostPattern(List<String> names, @Nullable String port) {

  private static final Pattern BRACKETED_IPV6 =
      Pattern.compile("\\[([0-9a-fA-F:.]*(?:::|(?::[^:]*){7})[0-9a-fA-F:.]*)](?::(.*))?");
  private static final Pattern RANGE = Pattern.compile("\\[([^\\]]*)]");
  private static final Pattern NUMBERS =
      Pattern.compile("([0-9]{0,9}):([0-9]{1,9})(?::([0-9]{1,9}))?");
  private static final Pattern LETTERS = Pattern.compile("([a-zA-Z]):([a-zA-Z])(?::([0-9]{1,9}))?");
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

  /** What an inventory says and muster cannot follow. */
  static final class BadInventoryException extends RuntimeException {
    BadInventoryException(String why) {
      super(why);
    }

    String why() {
      return String.valueOf(getMessage());
    }
  }

  HostPattern {
    names = List.copyOf(names);
  }

  /**
   * @throws BadInventoryException if it names no hosts, or too many
   */
  static HostPattern parse(String text) {
    Matcher ipv6 = BRACKETED_IPV6.matcher(text);
    if (ipv6.matches()) {
      return new HostPattern(List.of(ipv6.group(1)), ipv6.group(2));
    }
    String plain = RANGE.matcher(text).replaceAll("");
    int colon = text.lastIndexOf(':');
    boolean withPort = plain.indexOf(':') >= 0 && plain.indexOf(':') == plain.lastIndexOf(':');
    String names = withPort ? text.substring(0, colon) : text;
    return new HostPattern(expand(names), withPort ? text.substring(colon + 1) : null);
  }

  private static List<String> expand(String pattern) {
    Matcher range = RANGE.matcher(pattern);
    if (!range.find()) {
      return List.of(pattern);
    }
    String before = pattern.substring(0, range.start());
    List<String> rest = expand(pattern.substring(range.end()));
    List<String> all = new ArrayList<>();
    for (String one : values(range.group(1))) {
      for (String after : rest) {
        all.add(before + one + after);
      }
      refuseTooMany(all.size(), pattern);
    }
    return all;
  }

  private static List<String> values(String range) {
    Matcher numbers = NUMBERS.matcher(range);
    Matcher letters = LETTERS.matcher(range);
    if (numbers.matches()) {
      String first = numbers.group(1).isEmpty() ? "0" : numbers.group(1);
      int width = first.startsWith("0") ? first.length() : 1;
      if (width > 1 && width != numbers.group(2).length()) {
        throw new BadInventoryException(
            "[%s]: both ends of a range with leading zeros must be equally long".formatted(range));
      }
      return values(
          range,
          Integer.parseInt(first),
          Integer.parseInt(numbers.group(2)),
          numbers.group(3),
          n -> String.format("%0" + width + "d", n));
    }
    if (letters.matches()) {
      return values(
          range,
          ALPHABET.indexOf(letters.group(1)),
          ALPHABET.indexOf(letters.group(2)),
          letters.group(3),
          n -> ALPHABET.substring(n, n + 1));
    }
    throw new BadInventoryException(
        "[%s] is no range; write [01:20], [a:f] or [0:100:10]".formatted(range));
  }

  private interface Wording {
    String of(int number);
  }

  private static List<String> values(
      String range, int first, int last, @Nullable String step, Wording wording) {
    int by = step == null ? 1 : Integer.parseInt(step);
    if (by == 0 || first > last) {
      throw new BadInventoryException(
          "[%s] is empty; write the smaller end first, and a step above 0".formatted(range));
    }
    refuseTooMany((last - first) / by, range);
    List<String> all = new ArrayList<>();
    for (int n = first; n <= last && n >= first; n += by) {
      all.add(wording.of(n));
    }
    return all;
  }

  private static void refuseTooMany(int hosts, String pattern) {
    if (hosts > Limits.HOSTS_IN_INVENTORY) {
      throw new BadInventoryException(
          "%s names more than %d hosts".formatted(pattern, Limits.HOSTS_IN_INVENTORY));
    }
  }
}
