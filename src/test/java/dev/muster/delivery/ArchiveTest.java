package dev.muster.delivery;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class ArchiveTest {

  @TempDir private Path directory;

  private ThrowingCallable checked(byte[] archive) {
    return () -> Archive.check(Files.write(Files.createTempFile(directory, "", ""), archive));
  }

  private static Tars whole() {
    return new Tars().file("bin/it", "x".repeat(70_000)).file("a..b/..c", "dots are letters");
  }

  @Test
  void files_below_where_it_is_unpacked_are_taken() {
    assertThatCode(checked(whole().bytes())).doesNotThrowAnyException();
    assertThatCode(checked(new Tars().file("./bin/it", "").bytes())).doesNotThrowAnyException();
  }

  @TestFactory
  Stream<DynamicTest> what_would_lie_elsewhere_is_refused() {
    Map<String, byte[]> archives =
        Map.of(
            "/etc/passwd", new Tars().file("/etc/passwd", "x").bytes(),
            "../x", new Tars().file("../x", "x").bytes(),
            "a/../../x", new Tars().file("a/../../x", "x").bytes(),
            "a/..", new Tars().file("a/..", "x").bytes(),
            "symbolic", whole().link("symbolic", "/etc", TarConstants.LF_SYMLINK).bytes(),
            "hard", whole().link("hard", "bin/it", TarConstants.LF_LINK).bytes(),
            "pipe", whole().link("pipe", "", TarConstants.LF_FIFO).bytes(),
            "device", whole().link("device", "", TarConstants.LF_CHR).bytes());
    return archives.entrySet().stream()
        .map(
            archive ->
                DynamicTest.dynamicTest(
                    archive.getKey(),
                    () ->
                        assertThatThrownBy(checked(archive.getValue()))
                            .isInstanceOf(BadPackageException.class)
                            .hasMessageStartingWith(archive.getKey() + " ")));
  }

  @Test
  void every_truncation_is_noticed() {
    byte[] archive = whole().bytes();
    for (int length = 0; length < archive.length; length += 7) {
      assertThatThrownBy(checked(Arrays.copyOf(archive, length)))
          .as("the first %d bytes", length)
          .isInstanceOf(BadPackageException.class);
    }
  }

  @Test
  void what_is_no_archive_is_refused() {
    assertThatThrownBy(checked("not an archive".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(BadPackageException.class)
        .hasMessageStartingWith("not a whole gzipped tar archive");
    assertThatThrownBy(checked(new Tars().bytes()))
        .hasMessage("not a gzipped tar archive with a file in it");
  }
}
