package dev.muster.projection;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One step of an instance with its log, as pages show it. */
public record StepView(
    String name, String status, String log, @Nullable Instant started, @Nullable Instant ended) {}
