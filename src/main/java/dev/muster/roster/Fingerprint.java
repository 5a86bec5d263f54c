package dev.muster.roster;

import dev.muster.job.Limits;
import dev.muster.job.Outcome;
import dev.muster.job.Reason;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/**
 * Tells failures apart that want different remedies, and no others: the same error has the same
 * fingerprint on every host, whatever the host is called and whichever numbers it met. Two reasons
 * never share one, for it begins with the reason. Pure, and the same in every process.
 */
final class Fingerprint {

  private static final int DIGITS = 12;

  /**
   * So much of what is left of a detail counts. Details are cut where they are too long, but what
   * differs from host to host makes that another place on each.
   */
  private static final int CHARS_THAT_COUNT = 160;

  /** What stands for all that differs from host to host: a number may be a name elsewhere. */
  private static final String ANY = "#";

  /** Stands before a number that is to stay; no detail has it. */
  private static final char KEPT = '\uE000';

  private static final String HEX = "[0-9a-fA-F]{1,4}";
  private static final String DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?";
  private static final String MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*";
  private static final String CLOCK = "\\d{1,2}:\\d\\d(?::\\d\\d(?:[.,]\\d+)?)?";
  private static final String ZONE = "(?:Z|[+-]\\d\\d:?\\d\\d| ?(?:UTC|[A-Z]{2,4}T)\\b)?";

  /** In this order: what is whole goes before what could be taken for a part of it. */
  private static final List<Rule> RULES =
      List.of(
          // An exit code says what failed, not where.
          rule(
              "(?i)\\b((?:exit code|exit status|status|code|errno|signal|rc|HTTP)[ =:]{1,2})(\\d{1,3})(?![\\w.:-]\\w)",
              "$1" + KEPT + "$2"),
          // Times, as programs and logs write them.
          rule("\\b\\d{4}[-/]\\d\\d[-/]\\d\\d(?:[T ]" + CLOCK + ZONE + ")?", ANY),
          rule(
              "\\b(?:%s )?(?:%s {1,2}\\d{1,2}|\\d{1,2} %s)\\b(?:,? \\d{4}\\b)?(?:,? %s%s)?(?: \\d{4}\\b)?"
                  .formatted(DAY, MONTH, MONTH, CLOCK, ZONE),
              ANY),
          rule("(?<![\\w:])" + CLOCK + "(?![\\w:])" + ZONE, ANY),
          // Addresses of both kinds and of network cards, with what may follow them.
          rule(
              "(?<![\\w:.])\\[?(?:(?:%1$s(?::%1$s){0,6})?::(?:%1$s(?::%1$s){0,6}(?:\\.\\d{1,3}){0,3})?|%1$s(?::%1$s){5,})(?:%%[\\w.-]+)?(?:](?::\\d+)?)?(?!\\w)"
                  .formatted(HEX),
              ANY),
          rule("\\b\\d{1,3}(?:\\.\\d{1,3}){3}(?::\\d+)?\\b", ANY),
          // Keys and digests.
          rule("\\bSHA256:[A-Za-z0-9+/=]+", ANY),
          rule("\\bAAAA[A-Za-z0-9+/=]{20,}", ANY),
          // Files of a moment.
          rule("(?<![\\w.-])/(?:var/tmp|tmp|dev/shm|run/user)/[^\\s:;,'\")\\]]+", "/" + ANY),
          rule("\\btmp\\.[A-Za-z0-9]{6,}", ANY),
          // What is quoted and has a digit is an id, unless it is a path or a sentence.
          rule("(['\"`‘“])(?=[^\\s'\"`’”/]*\\d)[^\\s'\"`’”/]{1,80}(['\"`’”])", "$1" + ANY + "$2"),
          // Names: where only a name can stand, with a dash and a digit, or with two dots.
          rule("\\S+(?= port \\d)", ANY),
          rule("(?<=@)\\w(?:[\\w.-]*\\w)?", ANY),
          rule("(?i)(?<=resolve host |resolve host: |resolve hostname )[\\w.-]*\\w", ANY),
          rule(
              "(?<![\\w./-])(?=[\\w.]*-)(?=[\\w.-]*\\d)[A-Za-z0-9][\\w.-]*\\w(?::\\d+)?(?![\\w/-])",
              ANY),
          rule(
              "(?<![\\w./-])(?:[a-z0-9][a-z0-9-]*\\.){2,}(?!(?:service|socket|conf|yaml|json|log|pid|lock|java|py|sh|so)\\b)[a-z]{2,}(?::\\d+)?(?![\\w./-])",
              ANY),
          // Numbers of any kind and with any unit, and what remains of ids.
          rule("\\b[0-9a-fA-F]{8,}(?:-[0-9a-fA-F]{4,})*\\b", ANY),
          rule("\\b0[xX][0-9a-fA-F]+\\b", ANY),
          rule(
              "(?<![\\d"
                  + KEPT
                  + "])[-+]?\\d+(?:[.,:]\\d+)*(?: ?(?:[kKMGTP]i?B?|B|ms|us|ns|s|%)(?!\\w))?",
              ANY),
          rule("\\s+", " "));

  private record Rule(Pattern pattern, String replacement) {}

  private static Rule rule(String pattern, String replacement) {
    return new Rule(Pattern.compile(pattern), replacement);
  }

  private Fingerprint() {}

  /** Of a host that failed or was stopped; null of any other. */
  static @Nullable String of(Outcome outcome, int step) {
    return switch (outcome) {
      case Outcome.Succeeded s -> null;
      case Outcome.Skipped s -> null;
      case Outcome.Failed f -> of(f.reason(), step, f.detail());
      case Outcome.Unreachable u -> of(u.reason(), step, u.detail());
      case Outcome.TimedOut t -> of(Reason.TIMEOUT, step, t.detail());
      case Outcome.Stopped s -> of(Reason.STOPPED, step, s.detail());
    };
  }

  /** What ends hosts at any step is the same at each. */
  static String of(Reason reason, int step, String detail) {
    String where = reason.atAnyStep() ? "" : String.valueOf(step);
    return reason.name() + "-" + digest(where + " " + normal(detail));
  }

  /** What is said of every host that meets the same. */
  static String normal(String detail) {
    String text =
        detail.length() > Limits.DETAIL_CHARS ? detail.substring(0, Limits.DETAIL_CHARS) : detail;
    for (Rule rule : RULES) {
      text = rule.pattern().matcher(text).replaceAll(rule.replacement());
    }
    text = text.strip();
    return text.length() > CHARS_THAT_COUNT ? text.substring(0, CHARS_THAT_COUNT) : text;
  }

  private static String digest(String text) {
    return DigestUtils.sha256Hex(text).substring(0, DIGITS);
  }
}
