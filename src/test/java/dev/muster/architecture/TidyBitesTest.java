package dev.muster.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.architecture.Checkout.TextFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Small samples that each rule of {@link TidyTest} must reject, or must leave alone. */
class TidyBitesTest {

  private static final String MUSTER = "src/main/java/dev/muster/";

  private static final String DECISION =
      """
      # 42. Ask once

      Date: 2026-11-23
      Status: accepted

      ## Decision
      ## Rationale
      ## Consequences
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "src/main/java/dev/muster/A.java       ; // TODO later               ; 'TODO' is a debt",
        "src/test/java/dev/muster/ATest.java   ; // FIXME                    ; 'FIXME' is a debt",
        "src/docs/changes.md                   ; XXX                         ; 'XXX' is a debt",
        "README.md                             ; a HACK                      ; 'HACK' is a debt",
        "src/test/java/dev/muster/ATest.java   ; Thread.sleep(10)            ; await a condition",
        "src/test/java/dev/muster/ATest.java   ; @Disabled                   ; without saying why",
        "src/test/java/dev/muster/ATest.java   ; @Disabled(\"\")             ; without saying why",
        "src/main/java/dev/muster/A.java       ; System.out.println(a)       ; bypasses the log",
        "src/main/java/dev/muster/A.java       ; e.printStackTrace()         ; bypasses the log",
        "src/main/java/dev/muster/job/A.java   ; String a = \"bk_host_id\"   ; glossary",
        "src/main/java/dev/muster/job/A.java   ; record BkHost               ; glossary",
        "src/main/java/dev/muster/job/A.java   ; int bkHostId                ; glossary",
        "src/main/java/dev/muster/job/A.java   ; int theBkHostId             ; glossary",
        "src/main/java/dev/muster/job/A.java   ; int BK_HOST_ID              ; glossary",
        "src/main/resources/static/job/a.js    ; row.bk_host_id              ; muster's own words",
        "deploy/a.yaml                         ; path: /work/main            ; one machine",
        "deploy/a.yaml                         ; path: '/farm'               ; one machine",
        "deploy/a.yaml                         ; path: /tmp/a                ; mktemp",
        "pom.xml                               ; https://repo.maven.apache.org/maven2; registry",
        "deploy/Dockerfile                     ; RUN a https://deb.debian.org ; registry"
      })
  void wordsAreRejected(String path, String line, String reason) {
    assertThat(TidyText.bannedWords(sample(path, "first line\n" + line)))
        .singleElement()
        .asString()
        .startsWith(path + ":2: ")
        .contains(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "src/main/resources/runner/a.sh               ; mktemp -d muster.XXXXXX",
        "src/test/java/dev/muster/ATest.java          ; @Disabled(\"until issue 7 is closed\")",
        "src/test/java/dev/muster/ATest.java          ; Path.of(\"/tmp/a\")",
        "src/main/java/dev/muster/http/A.java         ; int bkHostId = row.get(\"bk_host_id\")",
        "src/main/java/dev/muster/inventory/ImportLine.java ; String bk_host_id",
        "src/main/java/dev/muster/job/A.java          ; int mybkCount = callBack(x)",
        "src/main/resources/static/vendor/a.js           ; // TODO by its authors, in bk_",
        "workflows.md                                 ; see src/work/main and https://a.b/work",
        "workflows.md                                 ; /workflows and $HOME/work and /var/tmp/a",
      })
  void wordsAreLeftAlone(String path, String line) {
    assertThat(TidyText.bannedWords(sample(path, line))).isEmpty();
  }

  @Test
  void longFilesAreRejected() {
    Map<String, String> files = new HashMap<>();
    files.put(MUSTER + "A.java", "\n".repeat(401));
    files.put("src/main/resources/static/job/a.js", "\n".repeat(401));
    files.put("src/main/resources/static/vendor/lit.js", "\n".repeat(401));
    files.put(MUSTER + "B.java", "\n".repeat(400));
    assertThat(strings(TidyJava.longFiles(Checkout.of(files))))
        .satisfiesExactly(
            java -> assertThat(java).startsWith(MUSTER + "A.java:401: 401 lines, at most 400"),
            web -> assertThat(web).startsWith("src/main/resources/static/job/a.js:401: "));
  }

  @Test
  void longMethodsAreRejected() {
    String source =
        """
        package dev.muster;

        record A(int a) {
          A {
          LONG
          }

          @Deprecated
          void longOne() {
            Runnable inner = new Runnable() { public void run() {
          LONG
            }};
          }

          void shortOne() {
          SHORT
          }
        }
        """;
    String text = source.replace("LONG", "a++;\n".repeat(69)).replace("SHORT", "a++;\n".repeat(67));
    assertThat(strings(TidyJava.longMethods(sample(MUSTER + "A.java", text))))
        .satisfiesExactly(
            constructor -> assertThat(constructor).contains("A.java:4: <init> has 72 lines"),
            method -> assertThat(method).contains("A.java:77: longOne has 75 lines"),
            inner -> assertThat(inner).contains("A.java:79: run has 72 lines"));
  }

  @Test
  void crowdedPackagesAreRejected() {
    Map<String, String> files = new HashMap<>();
    for (int i = 0; i < 21; i++) {
      files.put(MUSTER + "job/A" + i + ".java", "");
    }
    files.put(MUSTER + "job/package-info.java", "");
    for (int i = 0; i < 16; i++) {
      files.put(
          MUSTER + "p" + i + "/A.java",
          "import a.B;\n\n/** No\n * code. */\n// none\n" + "a\n".repeat(1_251));
    }
    assertThat(strings(TidyJava.packagesOutOfBounds(Checkout.of(files))))
        .satisfiesExactly(
            crowd -> assertThat(crowd).contains("muster/job:1: 21 files in a package, at most 20"),
            many -> assertThat(many).contains("17 packages, at most 16"),
            much -> assertThat(much).contains("20016 lines of code, at most 20000"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "package dev.muster.job                                      ; no @NullMarked",
        "package dev.muster.job                                      ; no first sentence",
        "/** */@@NullMarked@package dev.muster.job                   ; no first sentence",
        "/** Words about jobs. */@package dev.muster.job             ; no @NullMarked",
      })
  void packagesWithoutSentenceAreRejected(String info, String reason) {
    Map<String, String> files =
        Map.of(
            MUSTER + "job/package-info.java",
            info.replaceAll("@(?=[@p])", "\n"),
            MUSTER + "job/JobId.java",
            "");
    assertThat(strings(TidyJava.packagesWithoutSentence(Checkout.of(files))))
        .anyMatch(violation -> violation.contains(reason));
  }

  @Test
  void packagesWithSentenceAreLeftAlone() {
    Map<String, String> files = new HashMap<>();
    files.put(
        MUSTER + "job/package-info.java", "/** Words about jobs. */\n@NullMarked\npackage a.b;");
    files.put(MUSTER + "job/JobId.java", "");
    assertThat(TidyJava.packagesWithoutSentence(Checkout.of(files))).isEmpty();
    files.put("src/demo/java/dev/muster/demo/Demo.java", "");
    assertThat(strings(TidyJava.packagesWithoutSentence(Checkout.of(files))))
        .singleElement()
        .asString()
        .startsWith("src/demo/java/dev/muster/demo/package-info.java:1: no package-info.java");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "[a](missing.md)                        ; there is no src/docs/missing.md",
        "![a](images/missing.png \"t\")         ; there is no src/docs/images/missing.png",
        "[![a](images/missing.png)](../../pom.xml) ; there is no src/docs/images/missing.png",
        "[a]: missing.md                        ; there is no src/docs/missing.md",
        "<img src=\"missing.png\">              ; there is no src/docs/missing.png",
        "[a](../../../pom.xml)                  ; place outside the repository",
        "[a](#no-such)                          ; no heading of src/docs/a.md makes #no-such",
        "[a](../../README.md#no-such)           ; no heading of README.md makes #no-such",
      })
  void brokenLinksAreRejected(String line, String reason) {
    assertThat(strings(TidyMarkdown.brokenLinks(documents(line))))
        .singleElement()
        .asString()
        .startsWith("src/docs/a.md:3: ")
        .contains(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "[a](../../README.md#try-it-60-s)",
        "[a](../../README.md#limits-1)",
        "[a](../../README.md#by-hand)",
        "[a](#the-a-document)",
        "[a](../../src/docs) and [root](../..)",
        "[a](../../pom.xml#L1)",
        "[a](https://temporal.io/no#such) [b](mailto:a@b.c)",
        "`[a](missing.md)`",
      })
  void goodLinksAreLeftAlone(String line) {
    assertThat(TidyMarkdown.brokenLinks(documents(line))).isEmpty();
  }

  private static Checkout documents(String line) {
    String readme =
        """
        # muster
        ## Try it (60 s)
        ## Limits
        ## Limits
        <a id="by-hand"></a>
        ```sh
        # [no title](no-link.md)
        ```
        """;
    return Checkout.of(
        Map.of(
            "pom.xml", "", "README.md", readme, "src/docs/a.md", "# The `a` document\n\n" + line));
  }

  @Test
  void documentsWithoutOneTitleAreRejected() {
    assertThat(strings(TidyMarkdown.headings(sample("a.md", "## a"))))
        .containsExactly("a.md:1: no title; begin with a line '# What this is'");
    assertThat(strings(TidyMarkdown.headings(sample("a.md", "# a\n\n# b"))))
        .containsExactly("a.md:3: a second title; make it a section with ##");
    assertThat(TidyMarkdown.headings(sample("a.md", "# a\n```sh\n# b\n```"))).isEmpty();
  }

  @Test
  void incompleteDecisionsAreRejected() {
    assertThat(TidyLayout.decisions(decision("0042-ask-once.md", DECISION))).isEmpty();
    for (String part : List.of("Decision", "Rationale", "Consequences", "Date", "Status")) {
      assertThat(strings(TidyLayout.decisions(decision("0042-ask.md", DECISION.replace(part, "")))))
          .singleElement()
          .asString()
          .contains("0042-ask.md:1: ")
          .contains(part);
    }
    assertThat(strings(TidyLayout.decisions(decision("0042-a.md", DECISION + "\n".repeat(60)))))
        .singleElement()
        .asString()
        .contains("0042-a.md:61: ");
    assertThat(strings(TidyLayout.decisions(decision("42 Ask once.md", DECISION))))
        .singleElement()
        .asString()
        .contains("call it 0042-slug.md");
  }

  @Test
  void decisionsWithOneNumberAreRejected() {
    Checkout checkout =
        Checkout.of(
            Map.of(
                "src/docs/decisions/0042-a.md", DECISION,
                "src/docs/decisions/0042-b.md", DECISION));
    assertThat(strings(TidyLayout.decisions(checkout)))
        .singleElement()
        .asString()
        .contains("0042-b.md:1: has the number of 0042-a.md");
  }

  private static Checkout decision(String name, String text) {
    return sample("src/docs/decisions/" + name, text);
  }

  @Test
  void strangersAtTheTopAreRejected() {
    Checkout checkout =
        Checkout.of(
            Map.of("pom.xml", "", ".ci/run", "", "src/a", "", "notes.txt", "", "lib/a", ""));
    assertThat(strings(TidyLayout.topLevel(checkout)))
        .containsExactly(
            "lib:1: does not belong at the top; move it below src",
            "notes.txt:1: does not belong at the top; move it below src");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "deploy/install             ; true ; echo a             ; 1: a script without #!",
        "deploy/install.sh          ; true ; echo a             ; 1: a script without #!",
        ".ci/run                    ; false; echo a             ; 1: a script without #!",
        "deploy/install             ; false; #!/bin/sh          ; 1: a script that is not exec",
        "deploy/install             ; true ; #!/bin/sh|if true  ; sh -n deploy/install",
        "deploy/install             ; true ; #!/bin/bash|a=(1|fi; bash -n deploy/install",
        "src/main/resources/r/a.sh  ; false; echo a|fi          ; 2: ",
        "src/main/resources/r/a     ; false; #!/bin/sh|fi       ; 2: ",
      })
  void badScriptsAreRejected(String path, boolean executable, String text, String reason) {
    assertThat(strings(TidyLayout.scripts(script(path, executable, text))))
        .singleElement()
        .asString()
        .startsWith(path + ":")
        .contains(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "deploy/install             ; true ; #!/bin/sh|set -eu|exit 0",
        "deploy/compose.yaml        ; false; services:",
        "src/main/resources/r/a.sh  ; false; echo a",
        "src/main/resources/a.yaml  ; false; if: fi",
      })
  void goodScriptsAreLeftAlone(String path, boolean executable, String text) {
    assertThat(TidyLayout.scripts(script(path, executable, text))).isEmpty();
  }

  private static Checkout script(String path, boolean executable, String text) {
    List<String> lines = List.of(text.split("\\|", -1));
    TextFile file = new TextFile(path, lines, false, executable);
    return new Checkout(new TreeMap<>(Map.of(path, file)));
  }

  @Test
  void theRepositoryItselfIsRead() {
    assertThat(Checkout.here().files())
        .containsKeys("pom.xml", MUSTER + "Muster.java")
        .allSatisfy((path, file) -> assertThat(path).doesNotStartWith("target/"));
  }

  private static Checkout sample(String path, String text) {
    return Checkout.of(Map.of(path, text));
  }

  private static List<String> strings(List<Violation> violations) {
    return violations.stream().map(Violation::toString).toList();
  }
}
