package dev.muster.projection;

/** The languages that people are spoken to in. */
public enum Language {
  ZH,
  EN
}
