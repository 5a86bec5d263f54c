package dev.muster.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.exc.ValueInstantiationException;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * A YAML file of the operator's: read at start, and again after it has changed. A bad version stops
 * the start; later it is logged, and the version before it stays in force. No message quotes the
 * file, for it may hold secrets.
 */
final class WatchedFile<T> {

  private static final Logger log = LoggerFactory.getLogger(WatchedFile.class);
  private static final int MOST_BYTES = 4 * 1024 * 1024;

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private final @Nullable Path path;
  private final Class<T> shape;
  private final Changed<T> changed;
  private volatile T current;
  private @Nullable Stamp seen;

  /** Told before a new version comes into force. */
  @FunctionalInterface
  interface Changed<T> {
    void from(Path file, T before, T after);
  }

  private record Stamp(FileTime modified, long size, @Nullable Object key) {
    static Stamp of(Path path) throws IOException {
      BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
      return new Stamp(now.lastModifiedTime(), now.size(), now.fileKey());
    }
  }

  /**
   * @param path none: there is no such file, and {@code none} is what it says
   * @throws SecurityRefusal if the file cannot be used, with line and reason
   */
  WatchedFile(@Nullable Path path, Class<T> shape, T none, Changed<T> changed) {
    this.path = path;
    this.shape = shape;
    this.changed = changed;
    this.current = none;
    if (path != null) {
      try {
        seen = Stamp.of(path);
      } catch (IOException e) {
        throw new SecurityRefusal(path + " cannot be read: " + e.getClass().getSimpleName());
      }
      current = read(path);
    }
  }

  /** What the last good version says. */
  T now() {
    return current;
  }

  /** Reads the file again if it is another than before. */
  synchronized void look() {
    if (path == null) {
      return;
    }
    @Nullable Stamp stamp;
    try {
      stamp = Stamp.of(path);
    } catch (IOException e) {
      stamp = null;
    }
    if (Objects.equals(stamp, seen)) {
      return;
    }
    seen = stamp;
    try {
      T after = read(path);
      changed.from(path, current, after);
      current = after;
    } catch (SecurityRefusal e) {
      log.warn("{}; what it said before stays in force", e.getMessage());
    }
  }

  private T read(Path file) {
    try {
      byte[] bytes;
      try (var in = Files.newInputStream(file)) {
        bytes = in.readNBytes(MOST_BYTES + 1);
      }
      if (bytes.length > MOST_BYTES) {
        throw new SecurityRefusal(file + " is larger than 4 MB");
      }
      return YAML.readValue(bytes, shape);
    } catch (JacksonException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      throw new SecurityRefusal("%s, line %d: %s".formatted(file, Math.max(line, 1), reason(e)));
    } catch (IOException e) {
      throw new SecurityRefusal(file + " cannot be read: " + e.getClass().getSimpleName());
    }
  }

  private static String reason(JacksonException e) {
    return switch (e) {
      case UnrecognizedPropertyException unknown ->
          "there is no field %s; known are %s"
              .formatted(unknown.getPropertyName(), unknown.getKnownPropertyIds());
      case InvalidFormatException bad when bad.getTargetType().isEnum() ->
          "%s is none of %s"
              .formatted(bad.getValue(), Arrays.toString(bad.getTargetType().getEnumConstants()));
      case ValueInstantiationException bad
          when bad.getCause() instanceof IllegalArgumentException why ->
          String.valueOf(why.getMessage());
      case MismatchedInputException bad -> place(bad) + " is of another kind than expected";
      default -> "this is not well-formed YAML";
    };
  }

  /** As in {@code apps[1].roles}. */
  private static String place(DatabindException e) {
    StringBuilder place = new StringBuilder();
    for (JacksonException.Reference step : e.getPath()) {
      String name = step.getPropertyName();
      place.append(
          name == null ? "[" + step.getIndex() + "]" : (place.isEmpty() ? "" : ".") + name);
    }
    return place.isEmpty() ? "the file" : place.toString();
  }
}
