package dev.muster.job;

import dev.muster.host.HostSelector;
import org.jspecify.annotations.Nullable;

/**
 * A job as it was asked for.
 *
 * @param permit which hosts the caller may operate
 * @param runbook digest of the runbook that it is to be done by
 * @param digest of the request body, so that a repeated request is known from another one with the
 *     same key
 * @param idempotencyKey same key and digest of one caller: the same job
 */
public record JobRequest(
    JobType type,
    String runbook,
    HostSelector selector,
    JobOptions options,
    Caller caller,
    Permit permit,
    String digest,
    @Nullable String idempotencyKey) {}
