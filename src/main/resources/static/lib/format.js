import { html, nothing } from './lit.js';
import { locale, t } from './i18n.js';

const formats = new Map();

function format(kind, options) {
  const key = kind.name + locale() + JSON.stringify(options);
  if (!formats.has(key)) {
    formats.set(key, new kind(locale(), options));
  }
  return formats.get(key);
}

export function number(value) {
  return format(Intl.NumberFormat, { maximumFractionDigits: 1 }).format(value);
}

/** Never 100 % before the last one, never 0 % after the first. */
export function percent(part, whole) {
  if (!whole) {
    return '0%';
  }
  const exact = (100 * part) / whole;
  const shown = part === 0 || part === whole ? exact : Math.min(99, Math.max(1, Math.round(exact)));
  return shown + '%';
}

export function clock(moment) {
  return format(Intl.DateTimeFormat, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
    .format(moment);
}

function dateTime(moment) {
  return format(Intl.DateTimeFormat, {
    year: 'numeric', month: '2-digit', day: '2-digit',
    hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZoneName: 'short',
  }).format(moment);
}

/** The time of day; the date too unless it is today's. */
export function brief(moment, now) {
  const today = new Date(now).toDateString() === moment.toDateString();
  return today ? clock(moment) : format(Intl.DateTimeFormat, {
    month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
  }).format(moment);
}

const SPANS = [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];

export function ago(moment, now) {
  const seconds = Math.max(0, (now - moment) / 1000);
  if (seconds < 5) {
    return t('time.now');
  }
  const [unit, size] = SPANS.find(([, length]) => seconds >= length);
  return format(Intl.RelativeTimeFormat, { numeric: 'always' }).format(-Math.floor(seconds / size), unit);
}

/** How long, in its two largest units: `3 s`, `2 min 13 s`, `1 h 4 min`, `2 d 3 h`. */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const first = Math.max(0, SPANS.findIndex(([, size]) => whole >= size));
  if (whole === 0) {
    return t('time.second', { n: 0 });
  }
  const parts = [];
  let rest = whole;
  for (const [unit, size] of SPANS.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) {
      parts.push(t('time.' + unit, { n: count }));
    }
  }
  return parts.join(' ');
}

/** From start to end, or until now; null before the start. */
export function elapsed(start, end, now) {
  if (!start) {
    return null;
  }
  const until = end ? Date.parse(end) : now;
  return Math.max(0, (until - Date.parse(start)) / 1000);
}

/** A moment as people say it, with the exact one under the pointer. */
export function moment(iso, now, show = ago) {
  if (!iso) {
    return nothing;
  }
  const at = new Date(iso);
  return html`<time datetime=${iso} title=${`${dateTime(at)}\n${at.toISOString()}`}>${show(at, now)}</time>`;
}
