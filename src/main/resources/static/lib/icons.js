import { html, svg } from './lit.js';

/** Each state has a shape of its own, so that nobody needs the colour. */
const SHAPES = {
  PENDING: svg`<circle cx="8" cy="8" r="5.75" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2.6 2"/>`,
  RUNNING: svg`<circle cx="8" cy="8" r="5.75" fill="none" stroke="currentColor" stroke-width="2" opacity=".3"/>
    <path class="spin" d="M8 2.25A5.75 5.75 0 0 1 13.75 8" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"/>`,
  SUCCESS: svg`<circle cx="8" cy="8" r="7" fill="currentColor"/>
    <path d="m4.9 8.3 2.1 2.1 4.1-4.5" fill="none" stroke="var(--surface)" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"/>`,
  FAILED: svg`<path d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z" fill="currentColor"/>
    <path d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8" stroke="var(--surface)" stroke-width="1.7" stroke-linecap="round"/>`,
  PART_FAILED: svg`<path d="M8 1.2 15.4 14.4H.6z" fill="currentColor" stroke="currentColor" stroke-width="1" stroke-linejoin="round"/>
    <path d="M8 6v4" stroke="var(--surface)" stroke-width="1.7" stroke-linecap="round"/><circle cx="8" cy="12.2" r=".95" fill="var(--surface)"/>`,
  TERMINATED: svg`<rect x="1.5" y="1.5" width="13" height="13" rx="2.5" fill="currentColor"/>
    <rect x="5.2" y="5.2" width="5.6" height="5.6" rx=".8" fill="var(--surface)"/>`,
  IGNORED: svg`<path d="M2 11.5C3 6.2 9.4 4.4 12.6 8.2" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round"/>
    <path d="M13.4 4.6v4.4H9" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"/>`,
};

const STROKES = {
  logo: svg`<g stroke="none"><rect x="1" y="1" width="6" height="6" rx="1.4" fill="currentColor"/><rect x="9" y="1" width="6" height="6" rx="1.4" fill="currentColor" opacity=".4"/>
    <rect x="1" y="9" width="6" height="6" rx="1.4" fill="currentColor"/><rect x="9" y="9" width="6" height="6" rx="1.4" class="logo-spot"/></g>`,
  close: svg`<path d="m4 4 8 8m0-8-8 8"/>`,
  down: svg`<path d="m4 6.2 4 4 4-4"/>`,
  left: svg`<path d="m10 3.5-4.5 4.5 4.5 4.5"/>`,
  right: svg`<path d="m6 3.5 4.5 4.5-4.5 4.5"/>`,
  up: svg`<path d="m4 9.8 4-4 4 4"/>`,
  out: svg`<path d="M6.5 3.5h-3v9h9v-3M9.5 2.5h4v4m0-4L8 8"/>`,
  copy: svg`<rect x="5.5" y="5.5" width="8" height="8" rx="1.5"/><path d="M10.5 3.4v-.2a1 1 0 0 0-1-1H3.2a1 1 0 0 0-1 1v6.3a1 1 0 0 0 1 1h.3"/>`,
  stop: svg`<rect x="3.5" y="3.5" width="9" height="9" rx="1.5" fill="currentColor" stroke="none"/>`,
  search: svg`<circle cx="7" cy="7" r="4.5"/><path d="m10.5 10.5 3.3 3.3"/>`,
  download: svg`<path d="M8 2.2v8m-3.2-3L8 10.4l3.2-3.2M2.6 13.4h10.8"/>`,
  follow: svg`<path d="M8 2.2v9m-4-3.8 4 4 4-4M3 14h10"/>`,
  wrap: svg`<path d="M2.5 3.5h11M2.5 8h9a2.25 2.25 0 0 1 0 4.5H8m0 0 1.8-1.8M8 12.5l1.8 1.8M2.5 12.5h2.5"/>`,
  sun: svg`<circle cx="8" cy="8" r="3"/><path d="M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8 13 13M3 13l1.2-1.2M11.8 4.2 13 3"/>`,
  moon: svg`<path d="M13.5 9.7A5.9 5.9 0 0 1 6.3 2.5 5.9 5.9 0 1 0 13.5 9.7z"/>`,
  system: svg`<rect x="1.8" y="2.8" width="12.4" height="8.4" rx="1.4"/><path d="M5.5 13.8h5"/>`,
  pause: svg`<path d="M5.5 3.5v9m5-9v9" stroke-width="2"/>`,
  play: svg`<path d="M5 3.3v9.4L12.5 8z" fill="currentColor"/>`,
  retry: svg`<path d="M13.2 8a5.2 5.2 0 1 1-1.6-3.7M13.3 2.2v3h-3"/>`,
  help: svg`<path d="M5.6 5.8a2.4 2.4 0 1 1 3.5 2.2c-.7.4-1.1.8-1.1 1.6"/><circle cx="8" cy="12.2" r=".5" fill="currentColor"/>`,
  info: svg`<circle cx="8" cy="8" r="6.2"/><path d="M8 7.3v3.7"/><circle cx="8" cy="5" r=".4" fill="currentColor"/>`,
  clock: svg`<circle cx="8" cy="8" r="6.2"/><path d="M8 4.5V8l2.3 1.6"/>`,
};

/** A host that a stop ended failed as far as counters go; it is shown as what it is. */
export function shown(row) {
  return row.status === 'FAILED' && row.proof ? 'TERMINATED' : row.status;
}

/** The mark of a state; its word stands beside it, so it is hidden from readers. */
export function stateIcon(status) {
  return html`<svg class="state-icon s-${status}" viewBox="0 0 16 16" aria-hidden="true">${SHAPES[status] ?? SHAPES.PENDING}</svg>`;
}

export function icon(name) {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">${STROKES[name]}</svg>`;
}
