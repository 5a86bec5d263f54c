package dev.muster.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pieces of output, cut anywhere. */
class Utf8PiecesTest {

  private static final String TEXT = "agent é 重启成功 🦆\nend";

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 100})
  void a_text_is_the_same_however_it_is_cut(int size) {
    byte[] bytes = TEXT.getBytes(StandardCharsets.UTF_8);
    Utf8Pieces pieces = new Utf8Pieces();
    StringBuilder text = new StringBuilder();
    for (int at = 0; at < bytes.length; at += size) {
      text.append(pieces.add(ByteBuffer.wrap(bytes, at, Math.min(size, bytes.length - at))));
      assertThat(pieces.held()).isBetween(0, 3);
      assertThat(text.toString().getBytes(StandardCharsets.UTF_8))
          .isEqualTo(Arrays.copyOf(bytes, Math.min(at + size, bytes.length) - pieces.held()));
    }
    assertThat(text.append(pieces.end())).hasToString(TEXT);
  }

  @Test
  void what_is_no_character_is_marked_and_nothing_behind_it_is_lost() {
    Utf8Pieces pieces = new Utf8Pieces();
    assertThat(pieces.add(ByteBuffer.wrap(new byte[] {'a', (byte) 0xff, 'b', (byte) 0xc3})))
        .isEqualTo("a\uFFFDb");
    assertThat(pieces.held()).isEqualTo(1);
    assertThat(pieces.add(ByteBuffer.wrap(new byte[] {'c'}))).isEqualTo("\uFFFDc");
    assertThat(pieces.held()).isZero();
  }

  @Test
  void half_a_character_at_the_end_is_marked_once() {
    Utf8Pieces pieces = new Utf8Pieces();
    assertThat(pieces.add(ByteBuffer.wrap(new byte[] {'a', (byte) 0xe9, (byte) 0x87})))
        .isEqualTo("a");
    assertThat(pieces.held()).isEqualTo(2);
    assertThat(pieces.end()).isEqualTo("\uFFFD");
    assertThat(pieces.end()).isEmpty();
    assertThat(pieces.held()).isZero();
  }
}
