import { html, nothing } from '../lib/lit.js';
import { t } from '../lib/i18n.js';
import { View } from '../lib/view.js';
import { icon } from '../lib/icons.js';
import { spans } from '../lib/text.js';

/** Lines put on the screen at first; the rest is a button away and always in the download. */
const SHOWN = 1_000;
const NEAR_END = 24;
const STAMP = /^\[(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) ([A-Z]+)\] ?(.*)$/s;

/** The log of one step. Follows its end until the reader scrolls up. */
class LogView extends View {
  static properties = ['text', 'live', 'follow', 'wrap', 'label'];

  #parsed = { text: '', lines: [] };
  #from = 0;
  #read = 0;
  #placed = -1;
  /** What was below the top edge before earlier lines came in above it. */
  #below = 0;

  view() {
    const lines = this.#lines();
    const hidden = this.#first(lines.length);
    const fresh = this.follow ? 0 : lines.length - this.#read;
    return html`
      <div class="log ${this.wrap ? 'wrap' : ''}" tabindex="0" role="region" aria-label=${t('log.of', { step: this.label })}
        translate="no" @scroll=${(event) => this.#scroll(event.target)} @wheel=${(event) => this.#wheel(event)}>
        ${lines.length === 0 ? html`<p class="log-empty">${t(this.live ? 'log.waiting' : 'log.empty')}</p>` : nothing}
        ${hidden ? html`<button class="link" @click=${() => this.#more()}>${t('log.earlier', { n: hidden })}</button>` : nothing}
        <div class="lines">${lines.slice(hidden)}</div>
      </div>
      ${fresh > 0 && this.live
        ? html`<button class="log-new" @click=${() => this.emit('follow')}>${icon('down')}${t('log.new', { n: fresh })}</button>`
        : nothing}`;
  }

  rendered() {
    const box = this.querySelector('.log');
    if (this.follow) {
      this.#read = this.#parsed.lines.length;
      box.scrollTop = box.scrollHeight;
      this.#placed = box.scrollTop;
    } else if (this.#below) {
      box.scrollTop = box.scrollHeight - this.#below;
    }
    this.#below = 0;
  }

  /** Where the shown part begins: in steps, so that lines are mostly added, and never while someone reads. */
  #first(count) {
    if (this.#from > count || (this.follow && count - this.#from > 1.5 * SHOWN)) {
      this.#from = Math.max(0, count - SHOWN);
    }
    return this.#from;
  }

  /** Only what was added is parsed. */
  #lines() {
    const before = this.#parsed;
    const text = this.text.replace(/\n+$/, '');
    if (before.text === text) {
      return before.lines;
    }
    const kept = before.text && text.startsWith(before.text + '\n') ? before : { text: '', lines: [] };
    const added = text.slice(kept.text ? kept.text.length + 1 : 0);
    const lines = added === '' && text === '' ? [] : [...kept.lines, ...added.split('\n').map(line)];
    this.#parsed = { text, lines };
    return lines;
  }

  #scroll(box) {
    if (!this.follow) {
      if (box.scrollHeight - box.scrollTop - box.clientHeight < 1 && this.live && box.scrollTop > this.#placed) {
        this.emit('follow');
      }
      return;
    }
    if (box.scrollTop < this.#placed - 2 && box.scrollHeight - box.scrollTop - box.clientHeight > NEAR_END) {
      this.#read = this.#parsed.lines.length;
      this.emit('unfollow');
    }
  }

  #wheel(event) {
    const box = event.currentTarget;
    if (event.deltaY < 0 && this.follow && this.live && box.scrollHeight > box.clientHeight) {
      this.#read = this.#parsed.lines.length;
      this.emit('unfollow');
    }
  }

  #more() {
    const box = this.querySelector('.log');
    this.#below = box.scrollHeight - box.scrollTop;
    this.#read = this.#parsed.lines.length;
    this.#from = Math.max(0, this.#from - 5 * SHOWN);
    this.emit('unfollow');
    this.update();
  }
}

function line(text) {
  const stamped = STAMP.exec(text.replace(/\r$/, ''));
  if (!stamped) {
    return html`<div class="l">${pieces(text.replace(/\r$/, ''))}</div>`;
  }
  const [, day, time, level, rest] = stamped;
  return html`<div class="l l-${LEVELS.includes(level) ? level : 'INFO'}"><span class="stamp" title=${day}>${time}</span>${
    level === 'INFO' ? nothing : html`<span class="level">${level}</span>`}${pieces(rest)}</div>`;
}

const LEVELS = ['INFO', 'WARNING', 'ERROR', 'DEBUG'];

function pieces(text) {
  return spans(text).map(({ text: piece, style }) => (style ? html`<span class=${style}>${piece}</span>` : piece));
}

LogView.define('log-view');
