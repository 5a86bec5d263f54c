package dev.muster.step;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Text that arrives in pieces of bytes: a character that is cut by the end of a piece waits for the
 * next one. What is no UTF-8 becomes U+FFFD.
 */
final class Utf8Pieces {

  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);

  private ByteBuffer held = ByteBuffer.allocate(0);

  String add(ByteBuffer piece) {
    return decode(piece, false);
  }

  /** What is left when nothing more will come. */
  String end() {
    return decode(ByteBuffer.allocate(0), true);
  }

  /** How many bytes wait for the rest of their character: 3 at most. */
  int held() {
    return held.remaining();
  }

  private String decode(ByteBuffer piece, boolean end) {
    ByteBuffer bytes = ByteBuffer.allocate(held.remaining() + piece.remaining());
    bytes.put(held).put(piece).flip();
    // No byte makes more than one character.
    CharBuffer text = CharBuffer.allocate(bytes.remaining());
    decoder.decode(bytes, text, end);
    if (end) {
      decoder.reset();
    }
    held = bytes.slice();
    return text.flip().toString();
  }
}
