package dev.muster.job;

/**
 * Who asks.
 *
 * @param user the person
 * @param app the system that asks for them
 */
public record Caller(String user, String app) {}
