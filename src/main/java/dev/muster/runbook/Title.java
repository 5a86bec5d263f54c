package dev.muster.runbook;

/**
 * What a step is called.
 *
 * @param code stable, for keys and for programs
 */
public record Title(String code, String zh, String en) {}
