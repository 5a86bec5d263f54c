/** What a person chose on this browser; without storage the choice lasts as long as the page. */
const memory = new Map();

export function read(key, fallback) {
  if (memory.has(key)) {
    return memory.get(key);
  }
  try {
    const stored = localStorage.getItem('muster.' + key);
    return stored === null ? fallback : JSON.parse(stored);
  } catch {
    return fallback;
  }
}

export function write(key, value) {
  memory.set(key, value);
  try {
    localStorage.setItem('muster.' + key, JSON.stringify(value));
  } catch {
    // Full or forbidden.
  }
}

export const THEMES = ['system', 'light', 'dark'];

export function theme() {
  return document.documentElement.dataset.theme ?? 'system';
}

/** Stored bare, not as JSON: theme.js reads it before anything else is loaded. */
export function chooseTheme(choice) {
  if (choice === 'system') {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = choice;
  }
  try {
    localStorage.setItem('muster.theme', choice);
  } catch {
    // Full or forbidden.
  }
}
