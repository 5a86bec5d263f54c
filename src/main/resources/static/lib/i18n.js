import en from './en.js';
import zh from './zh-CN.js';
import { read, write } from './settings.js';

const LANGUAGES = {
  en: { locale: 'en', words: en },
  zh: { locale: 'zh-CN', words: zh },
};

let current = pick();
apply();

function pick() {
  const asked = new URLSearchParams(location.search).get('lang');
  const wishes = [asked, read('lang', null), ...(navigator.languages ?? [navigator.language])];
  for (const wish of wishes) {
    const code = String(wish ?? '').slice(0, 2).toLowerCase();
    if (code in LANGUAGES) {
      return code;
    }
  }
  return 'en';
}

function apply() {
  document.documentElement.lang = LANGUAGES[current].locale;
}

/** `zh` or `en`, as the server takes it. */
export function lang() {
  return current;
}

export function locale() {
  return LANGUAGES[current].locale;
}

/** A choice by hand outlives `?lang=`, which is taken out of the address. */
export function chooseLang(code) {
  current = code;
  write('lang', code);
  const address = new URL(location.href);
  if (address.searchParams.has('lang')) {
    address.searchParams.delete('lang');
    history.replaceState(history.state, '', address);
  }
  apply();
}

/** The text of a key; `{name}` takes a value, and `n` chooses the plural form. */
export function t(key, values = {}) {
  return pattern(key, values).replace(/\{(\w+)\}/g, (_, name) => show(values[name]));
}

/** The same with templates as values: an array for lit, so that a sentence stays one sentence. */
export function rich(key, values) {
  return pattern(key, values)
    .split(/\{(\w+)\}/)
    .map((part, index) => (index % 2 ? show(values[part]) : part));
}

export function has(key) {
  return key in LANGUAGES[current].words;
}

function pattern(key, values) {
  const entry = LANGUAGES[current].words[key];
  if (entry === undefined) {
    console.error(`no text for ${key} in ${current}`);
    return key;
  }
  if (typeof entry === 'string') {
    return entry;
  }
  return entry[new Intl.PluralRules(locale()).select(values.n ?? 0)] ?? entry.other;
}

function show(value) {
  return typeof value === 'number' ? value.toLocaleString(locale()) : (value ?? '');
}
