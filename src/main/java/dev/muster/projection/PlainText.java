package dev.muster.projection;

import java.util.regex.Pattern;

/** Text that the database keeps: everything but NUL and halves of characters. */
final class PlainText {

  private static final Pattern NOT_KEPT = Pattern.compile("[\\x00\\p{Cs}]");

  private PlainText() {}

  /** What cannot be kept becomes the replacement character. */
  static String of(String text) {
    return NOT_KEPT.matcher(text).replaceAll("\uFFFD");
  }
}
