package dev.muster.delivery;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How packages are kept.
 *
 * @param largest archive that is taken
 * @param copies where this process keeps the archives that it brings to hosts; they can be removed
 *     at any time, for the database has them all
 */
@ConfigurationProperties("muster.packages")
public record PackageSettings(@DefaultValue("512MB") DataSize largest, Path copies) {}
