package dev.muster.runbook;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where runbooks come from.
 *
 * @param directory runbooks and profiles of yours, *.yaml; they override ours of the same name
 * @param profile what a host without a profile is
 */
@ConfigurationProperties("muster.runbooks")
public record RunbookSettings(@Nullable Path directory, @DefaultValue("gse") String profile) {}
